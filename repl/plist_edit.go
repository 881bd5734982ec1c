package repl

import (
	"fmt"
	"sort"

	"go.starlark.net/starlark"

	"pktsh/repl/py"
)

// compareValues is a three-way comparison; the first error is kept.
func compareValues(a, b starlark.Value, first *error) int {
	less := func(x, y starlark.Value) bool {
		v, err := py.Less(x, y)
		if err != nil && *first == nil {
			*first = err
		}
		return v
	}
	switch {
	case less(a, b):
		return -1
	case less(b, a):
		return 1
	}
	return 0
}

// listSort sorts the list in place, by time unless key says otherwise.
func listSort(c *call) (starlark.Value, error) {
	key, err := c.fn("key")
	if err != nil {
		return nil, err
	}
	type item struct{ v, key starlark.Value }
	items := make([]item, c.list.Len())
	for i := range items {
		v := c.list.Index(i)
		items[i] = item{v, starlark.Float(float64(lastOf(v).meta().Time.UnixNano()) / 1e9)}
		if key != nil {
			if items[i].key, err = starlark.Call(c.th, key, argsOf(v), nil); err != nil {
				return nil, err
			}
		}
	}
	order := 1
	if c.bool("reverse", false) {
		order = -1
	}
	sort.SliceStable(items, func(i, j int) bool { return order*compareValues(items[i].key, items[j].key, &err) < 0 })
	if err != nil {
		return nil, err
	}
	c.list.pkts, c.list.pairs, c.list.fill = nil, nil, nil
	for _, it := range items {
		c.list.add(it.v)
	}
	return nil, nil
}

// listReplace is replace(IP.src, old, new), replace(IP.ttl, new), and several
// such in tuples. Packets that change are copied.
func listReplace(c *call) (starlark.Value, error) {
	schemes := []starlark.Tuple{c.rest}
	if len(c.rest) > 0 {
		if _, several := c.rest[0].(starlark.Tuple); several {
			schemes = nil
			for _, s := range c.rest {
				t, ok := s.(starlark.Tuple)
				if !ok {
					return nil, c.errorf("", "replace(): got %s, want (field, new) or (field, old, new)", pyRepr(s))
				}
				schemes = append(schemes, t)
			}
		}
	}
	for _, s := range schemes {
		if len(s) != 2 && len(s) != 3 {
			return nil, c.errorf("", "replace(): got %d values, want (field, new) or (field, old, new)", len(s))
		}
		if _, ok := s[0].(fieldRef); !ok {
			return nil, c.errorf("", "replace(): got %s, want a field such as IP.src", pyRepr(s[0]))
		}
	}
	out := &packetList{name: "Replaced " + c.list.name}
	for i := range c.list.Len() {
		v := lastOf(c.list.Index(i))
		p, err := replaceIn(v, schemes)
		if err != nil {
			return nil, err
		}
		if p != v && c.bool("delete_checksums", false) {
			forgetChecksums(p)
		}
		out.add(p)
	}
	return out, nil
}

func replaceIn(v *packet, schemes []starlark.Tuple) (*packet, error) {
	p := v
	for _, s := range schemes {
		f := s[0].(fieldRef)
		i := p.p.Index(f.proto, 1, p.index())
		if i < 0 {
			continue
		}
		if len(s) == 3 {
			eq, err := pyEqual(p.field(i, f.i), s[1])
			if err != nil {
				return nil, err
			}
			if !eq {
				continue
			}
		}
		if p == v {
			if err := v.sync(); err != nil {
				return nil, err
			}
			p = wrap(v.view().Clone())
			i = p.p.Index(f.proto, 1, 0)
		}
		if err := p.setFrom(i, f.field().Name, s[len(s)-1]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// forgetChecksums has every checksum computed again.
func forgetChecksums(v *packet) {
	for _, l := range v.p.Layers() {
		for _, name := range []string{"chksum", "cksum", "checksum"} {
			if i := l.Proto().Index(name); i >= 0 {
				l.Unset(i)
			}
		}
	}
}

// listSR pairs the list's packets with their answers in it.
func listSR(c *call) (starlark.Value, error) {
	if c.list.isSR {
		return nil, c.errorf("", "sr(): the packets are pairs already")
	}
	multi := c.bool("multi", false)
	look, err := c.int("lookahead", 0)
	if err != nil {
		return nil, err
	}
	answers := &packetList{name: "Results", isSR: true}
	rest := append([]*packet(nil), c.list.allPackets()...)
	keys := map[*packet]string{}
	for _, p := range rest {
		keys[p] = string(p.view().HashRet())
	}
	gone := map[*packet]bool{}
	var left []*packet
	for i, q := range rest {
		if gone[q] {
			continue
		}
		found := false
		for n, r := range rest[i+1:] {
			if gone[r] || look > 0 && n >= look || keys[r] != keys[q] || !r.view().Answers(q.view()) {
				continue
			}
			answers.pairs = append(answers.pairs, pair{query: q, answer: r})
			gone[r], found = true, true
			if !multi {
				break
			}
		}
		if !found {
			left = append(left, q)
		}
	}
	return starlark.Tuple{answers, &packetList{name: c.list.name, pkts: left}}, nil
}

// listGetLayer is the layer of every packet that has it, as Packet.getlayer.
func listGetLayer(c *call) (starlark.Value, error) {
	p, err := protoOf(c.val("cls"))
	if err != nil {
		return nil, err
	}
	nb, err := c.int("nb", 1)
	if err != nil {
		return nil, err
	}
	name, err := c.str("name", fmt.Sprintf("%s layer %s", c.list.name, p.Name))
	if err != nil {
		return nil, err
	}
	get := &call{th: c.th, b: packetMethods["getlayer"], vals: map[string]starlark.Value{"layer": shell().classOf(p)}}
	if flt, ok := c.val("flt").(*starlark.Dict); ok {
		for _, kv := range flt.Items() {
			get.more = append(get.more, starlark.Tuple{starlark.String(pyStr(kv[0])), kv[1]})
		}
	}
	out := &packetList{name: name}
	for i := range c.list.Len() {
		get.self = lastOf(c.list.Index(i))
		w, err := get.findLayer(nb)
		if err != nil {
			return nil, err
		}
		if w != nil {
			out.pkts = append(out.pkts, w)
		}
	}
	return out, nil
}

// listDiff says which packets are in one list and not in the other.
func listDiff(c *call) (starlark.Value, error) {
	other, ok := c.val("other").(*packetList)
	if !ok {
		return nil, c.wrong("other", "a packet list")
	}
	bytesIn := func(l *packetList) (map[string]int, []string, error) {
		n, order := map[string]int{}, []string{}
		for i := range l.Len() {
			b, err := lastOf(l.Index(i)).PyBytes()
			if err != nil {
				return nil, nil, err
			}
			n[string(b)]++
			order = append(order, string(b))
		}
		return n, order, nil
	}
	_, mine, err := bytesIn(c.list)
	if err != nil {
		return nil, err
	}
	theirs, order, err := bytesIn(other)
	if err != nil {
		return nil, err
	}
	out := [2]*packetList{{name: "only in " + c.list.name}, {name: "only in " + other.name}}
	left := map[string]int{}
	for i, b := range mine {
		if theirs[b] > 0 {
			theirs[b]--
			left[b]++
			continue
		}
		out[0].add(lastOf(c.list.Index(i)))
	}
	for i, b := range order {
		if left[b] > 0 {
			left[b]--
			continue
		}
		out[1].add(lastOf(other.Index(i)))
	}
	return starlark.Tuple{out[0], out[1]}, nil
}
