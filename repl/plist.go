package repl

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// packetList is a list of packets with the verbs that people use on captures;
// or of query-answer pairs, as sr() returns (pairs is then set).
type packetList struct {
	name  string // what repr calls it: "Sniffed", "Unanswered"
	pkts  []*packet
	pairs []pair // of a list of pairs, the same length as pkts is 0
	isSR  bool
	// fill makes member i, which is empty until somebody asks for it; nil if none are. What it makes to be
	// kept is this list's member from then on. Who wants all asks allPackets and allPairs.
	fill func(i int, keep bool) (*packet, pair)

	trace bool   // of a traceroute: show() prints its table
	line  string // what show() prints of each answer, as sprintf(); "" is its summary
}

// pair is what sr() found to belong together.
type pair struct {
	query, answer *packet
	doubt         int // other queries that the answer fits as well
}

var (
	_ starlark.Sliceable = (*packetList)(nil)
	_ starlark.Sequence  = (*packetList)(nil)
	_ starlark.Mapping   = (*packetList)(nil)
	_ starlark.HasBinary = (*packetList)(nil)
	_ starlark.HasAttrs  = (*packetList)(nil)
)

func (l *packetList) Type() string {
	if l.isSR {
		return "SndRcvList"
	}
	return "PacketList"
}
func (l *packetList) Freeze()              {}
func (l *packetList) Truth() starlark.Bool { return l.Len() > 0 }
func (l *packetList) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", l.Type())
}

// listOf is a list of packets, which it keeps; what the shell shows of each is made
// when asked for.
func listOf(name string, ps []*layers.Packet) *packetList {
	l := &packetList{name: name, pkts: make([]*packet, len(ps))}
	l.fill = func(i int, _ bool) (*packet, pair) { return wrap(ps[i]), pair{} }
	return l
}

// Len is the number of packets or pairs.
func (l *packetList) Len() int {
	if l.isSR {
		return len(l.pairs)
	}
	return len(l.pkts)
}

// Index is packet or pair i.
func (l *packetList) Index(i int) starlark.Value {
	if l.isSR {
		if l.fill != nil && l.pairs[i].query == nil {
			_, l.pairs[i] = l.fill(i, true)
		}
		return queryAnswer{l.pairs[i]}
	}
	if l.fill != nil && l.pkts[i] == nil {
		l.pkts[i], _ = l.fill(i, true)
	}
	return l.pkts[i]
}

// allPackets are the packets, each made.
func (l *packetList) allPackets() []*packet {
	l.fillAll()
	return l.pkts
}

// allPairs are the pairs, each made.
func (l *packetList) allPairs() []pair {
	l.fillAll()
	return l.pairs
}

func (l *packetList) fillAll() {
	if l.fill == nil {
		return
	}
	for i := range l.Len() {
		l.Index(i)
	}
	l.fill = nil
}

// glance is the packet, or the answer, at i, which is not to be changed nor kept.
func (l *packetList) glance(i int) *packet {
	switch {
	case l.fill == nil:
	case l.isSR && l.pairs[i].query == nil:
		_, p := l.fill(i, false)
		return p.answer
	case !l.isSR && l.pkts[i] == nil:
		p, _ := l.fill(i, false)
		return p
	}
	return lastOf(l.Index(i))
}

// Slice is l[a:b:step], a list of the same kind.
func (l *packetList) Slice(start, end, step int) starlark.Value {
	out := l.empty("mod " + l.name)
	for i := start; (step > 0 && i < end) || (step < 0 && i > end); i += step {
		out.add(l.Index(i))
	}
	return out
}

func (l *packetList) add(v starlark.Value) {
	l.fillAll()
	switch v := v.(type) {
	case *packet:
		l.pkts = append(l.pkts, v)
	case queryAnswer:
		l.pairs = append(l.pairs, v.pair)
	}
}

// Iterate walks the packets or pairs.
func (l *packetList) Iterate() starlark.Iterator { return &listIter{l: l} }

type listIter struct {
	l *packetList
	i int
}

func (it *listIter) Next(p *starlark.Value) bool {
	if it.i >= it.l.Len() {
		return false
	}
	*p = it.l.Index(it.i)
	it.i++
	return true
}

func (it *listIter) Done() {}

// Get is l[3] and l[TCP], the packets that have the layer.
func (l *packetList) Get(key starlark.Value) (starlark.Value, bool, error) {
	if i, ok := toInt(key); ok {
		if i < 0 {
			i += l.Len()
		}
		if i < 0 || i >= l.Len() {
			return nil, false, pyrt.Errorf("IndexError", "list index out of range: the list has %d", l.Len())
		}
		return l.Index(i), true, nil
	}
	p, err := protoOf(key)
	if err != nil {
		return nil, false, err
	}
	out, err := l.where(func(v starlark.Value) (bool, error) { return lastOf(v).p.Find(p) != nil, nil })
	out.name = p.Name + " from " + l.name
	return out, true, err
}

// lastOf is the packet itself, or the answer of a pair.
func lastOf(v starlark.Value) *packet {
	if qa, ok := v.(queryAnswer); ok {
		return qa.answer
	}
	return v.(*packet)
}

func (l *packetList) where(keep func(v starlark.Value) (bool, error)) (*packetList, error) {
	out := l.empty("filtered " + l.name)
	for i := range l.Len() {
		v := l.Index(i)
		ok, err := keep(v)
		if err != nil {
			return out, err
		}
		if ok {
			out.add(v)
		}
	}
	return out, nil
}

// String is <Sniffed: TCP:1 UDP:0 ICMP:0 Other:2>.
func (l *packetList) String() string {
	var tcp, udp, icmp, other int
	count := func(p *packet) {
		switch {
		case p.p.Find(layers.TCP) != nil:
			tcp++
		case p.p.Find(layers.UDP) != nil:
			udp++
		case p.p.Find(layers.ICMP) != nil:
			icmp++
		default:
			other++
		}
	}
	for i := range l.Len() {
		count(l.glance(i))
	}
	return fmt.Sprintf("<%s: TCP:%d UDP:%d ICMP:%d Other:%d>", l.name, tcp, udp, icmp, other)
}

// Binary is + with another list.
func (l *packetList) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op != syntax.PLUS {
		return nil, nil
	}
	o, ok := y.(*packetList)
	if list, isList := y.(*starlark.List); isList {
		o, ok = &packetList{name: "list"}, true
		for _, v := range elements(list) {
			p, isPacket := v.(*packet)
			if !isPacket {
				return nil, nil
			}
			o.add(p)
		}
	}
	if !ok || o.isSR != l.isSR {
		return nil, nil
	}
	a, b := l, o
	if side == starlark.Right {
		a, b = o, l
	}
	sum := a.empty(a.name + "+" + b.name)
	sum.pkts = append(append([]*packet(nil), a.allPackets()...), b.allPackets()...)
	sum.pairs = append(append([]pair(nil), a.allPairs()...), b.allPairs()...)
	return sum, nil
}

// empty is a list of the same kind with nothing in it.
func (l *packetList) empty(name string) *packetList {
	return &packetList{name: name, isSR: l.isSR, trace: l.trace, line: l.line}
}

// Attr is a method of the list.
func (l *packetList) Attr(name string) (starlark.Value, error) {
	switch name {
	case "res":
		var out []starlark.Value
		for i := range l.Len() {
			out = append(out, l.Index(i))
		}
		return starlark.NewList(out), nil
	case "listname":
		return starlark.String(l.name), nil
	case "stats":
		return starlark.NewList([]starlark.Value{shell().classOf(layers.TCP), shell().classOf(layers.UDP), shell().classOf(layers.ICMP)}), nil
	}
	if b := listMethods[name]; b != nil {
		return function{b: b, list: l}, nil
	}
	if instead := attrHint(name); instead != "" {
		return nil, &pyrt.Error{Class: "AttributeError", Msg: "a packet list has no " + name + "()", Hint: instead}
	}
	return nil, nil
}

// AttrNames are the names of the methods.
func (l *packetList) AttrNames() []string {
	out := []string{"listname", "res", "stats"}
	for n := range listMethods {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// queryAnswer is a pair as a value: s, r = qa; qa[0]; qa.query; qa.answer.
type queryAnswer struct{ pair }

func (q queryAnswer) String() string {
	return "QueryAnswer(query=" + q.query.String() + ", answer=" + q.answer.String() + ")"
}
func (q queryAnswer) Type() string         { return "QueryAnswer" }
func (q queryAnswer) Freeze()              {}
func (q queryAnswer) Truth() starlark.Bool { return true }
func (q queryAnswer) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'QueryAnswer'")
}
func (q queryAnswer) Len() int { return 2 }

// Index is the query, then the answer.
func (q queryAnswer) Index(i int) starlark.Value {
	if i == 0 {
		return q.query
	}
	return q.answer
}

// Iterate lets a pair be unpacked.
func (q queryAnswer) Iterate() starlark.Iterator {
	return starlark.Tuple{q.query, q.answer}.Iterate()
}

// Attr is query, answer, rtt in seconds, and whether the answer fits other queries too.
func (q queryAnswer) Attr(name string) (starlark.Value, error) {
	switch name {
	case "query":
		return q.query, nil
	case "answer":
		return q.answer, nil
	case "rtt":
		if d, ok := q.rtt(); ok {
			return starlark.Float(d.Seconds()), nil
		}
		return starlark.None, nil
	case "ambiguous":
		return starlark.Bool(q.doubt > 0), nil
	}
	return nil, nil
}

// AttrNames are its attributes.
func (q queryAnswer) AttrNames() []string { return []string{"ambiguous", "answer", "query", "rtt"} }

// rtt is unknown where it is not sure which packet was answered.
func (p pair) rtt() (time.Duration, bool) {
	a, b := p.query.meta().SentTime(), p.answer.meta().Time
	return b.Sub(a), !a.IsZero() && !b.IsZero() && p.doubt == 0
}

// summaryOf is a packet's summary, or "query ==> answer" of a pair.
func summaryOf(v starlark.Value) string {
	if qa, ok := v.(queryAnswer); ok {
		return qa.query.PyStr() + " ==> " + qa.answer.PyStr()
	}
	return v.(*packet).PyStr()
}

// argsOf are the arguments that callbacks get: the packet, or query and answer.
func argsOf(v starlark.Value) starlark.Tuple {
	if qa, ok := v.(queryAnswer); ok {
		return starlark.Tuple{qa.query, qa.answer}
	}
	return starlark.Tuple{v}
}

// columnWidths are those that the cells of a table need, in characters.
func columnWidths(rows [][]string) (width []int) {
	for _, r := range rows {
		for i, c := range r {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	return width
}

// padTable lines columns up, as Scapy's make_table: the first column left, a
// space after each.
func padTable(rows [][]string) string {
	width := columnWidths(rows)
	var b strings.Builder
	for _, r := range rows {
		for i, c := range r {
			fmt.Fprintf(&b, "%-*s ", width[i], c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
