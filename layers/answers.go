package layers

import "net/netip"

// Answers tells whether p, received, is an answer to q, sent. The rules are in
// each protocol's table; where a receiver can tell answers to two probes apart
// from what comes back, they do.
func (p *Packet) Answers(q *Packet) bool {
	p.Layers() // all will be asked for
	q.Layers()
	return answers(At{p, 0}, At{q, 0})
}

// answers asks the tables from the layers at and to on.
func answers(at, to At) bool {
	a, b := at.Layer(), to.Layer()
	if a == nil || b == nil {
		return a == b
	}
	if f := a.proto.Answers; f != nil {
		return f(at, to)
	}
	return a.proto == b.proto && AnswersPayload(at, to)
}

// AnswersPayload asks whether the payload of at answers that of to. Bytes that
// no table describes on either side answer anything: the headers decide.
func AnswersPayload(at, to At) bool {
	a, b := at.Above().Proto(), to.Above().Proto()
	if plainData(a) || plainData(b) {
		return true
	}
	return answers(at.Above(), to.Above())
}

func plainData(p *Proto) bool { return p == nil || p == Raw || p == Padding }

// HashRet is what a probe and its answers have in common: packets that differ
// in it never answer each other, but for what [Packet.HashRetLoose] says.
func (p *Packet) HashRet() []byte { return p.AppendHashRet(nil, false) }

// AppendHashRet appends HashRet to dst, or HashRetLoose.
func (p *Packet) AppendHashRet(dst []byte, loose bool) []byte {
	p.Layers() // all will be asked for
	return appendKey(dst, At{p, 0}, loose)
}

// HashRetLoose is HashRet without network addresses. The HashRet of a probe
// sent to a group or broadcast address is of this form too, since anybody may
// answer it: who looks an answer up tries both.
func (p *Packet) HashRetLoose() []byte { return p.AppendHashRet(nil, true) }

func appendKey(dst []byte, at At, loose bool) []byte {
	l := at.Layer()
	if l == nil {
		return dst
	}
	if f := l.proto.Key; f != nil {
		return f(dst, at, loose)
	}
	return appendKey(dst, at.Above(), loose)
}

// appendXor appends a XOR b, which is the same for both directions.
func appendXor(dst []byte, a, b netip.Addr) []byte {
	if !a.IsValid() || !b.IsValid() || a.Is4() != b.Is4() {
		return dst
	}
	x, y := a.As16(), b.As16()
	from := 0
	if a.Is4() {
		from = 12
	}
	for i := from; i < 16; i++ {
		dst = append(dst, x[i]^y[i])
	}
	return dst
}

func appendUint16(dst []byte, v uint64) []byte { return append(dst, byte(v>>8), byte(v)) }

func appendUint32(dst []byte, v uint64) []byte {
	return append(dst, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// addrAt is the address in field i of the layer at at, the zero Addr if there
// is none. A set of addresses gives its first.
func addrAt(at At, i int) netip.Addr {
	l := at.Layer()
	if f := &l.proto.Fields[i]; l.IsSet(i) && len(l.odd) == 0 && f.Form == nil {
		switch f.Kind { // the common case allocates nothing
		case Addr4:
			return netip.AddrFrom4([4]byte(l.cells[f.cell/8:]))
		case Addr6:
			return netip.AddrFrom16([16]byte(l.cells[f.cell/8:]))
		}
	}
	a, _ := First(at.Value(i)).(netip.Addr)
	return a
}

// toMany tells an address that more than one host may answer for.
func toMany(a netip.Addr) bool {
	return a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// withinRoom tells whether two sequence numbers are at most room apart, either way
// round the 32-bit circle (RFC 9293 §3.4).
func withinRoom(a, b uint64, room int) bool {
	d := int32(uint32(a) - uint32(b))
	return int(d) <= room && -int(d) <= room
}

// dataLen is the number of bytes behind the header of the layer at at, 0 if
// they cannot be built.
func dataLen(at At) int {
	if at.Above().Layer() == nil {
		return 0
	}
	b := &Build{}
	if err := at.P.build(b, nil); err != nil || at.I >= len(b.parts) {
		return 0
	}
	return max(b.end-b.parts[at.I].body, 0)
}
