package layers

import (
	"encoding/binary"
	"errors"
)

var errDNSWire = errors.New("its bytes are no whole DNS message")

// CompressDNS is p with the names of its DNS message compressed (RFC 1035 §4.1.4): those of questions
// and records, and those in the data of the types of RFC 1035 §3.3, for which alone RFC 3597 §4 allows
// it, and of SRV, as multicast DNS has it (RFC 6762 §18.14). Lengths that are set are left.
func CompressDNS(p *Packet) (*Packet, error) {
	i := p.Index(DNS, 1, 0)
	if i < 0 {
		return nil, errors.New("there is no DNS in the packet")
	}
	b, err := p.BuildFrom(i)
	if err != nil {
		return nil, err
	}
	if p.layers[i].Exists(0) {
		b = b[2:] // the length over TCP
	}
	c := dnsCompressor{b: b, seen: map[string]int{}}
	if !c.message() {
		return nil, errDNSWire
	}
	out := p.Clone()
	out.Truncate(i)
	out.Push(Dissect(DNS, c.out))
	return out, nil
}

// dnsCompressor writes the message b to out.
type dnsCompressor struct {
	b    []byte
	at   int // how far b has been read
	out  []byte
	seen map[string]int // where a name, or the end of one, stands in out
}

func (c *dnsCompressor) message() bool {
	if !c.copy(dnsMinLen) {
		return false
	}
	count := func(i int) int { return int(binary.BigEndian.Uint16(c.b[i:])) }
	for range count(4) {
		if !c.name() || !c.copy(4) {
			return false
		}
	}
	for range count(6) + count(8) + count(10) {
		if !c.name() || !c.copy(10) || !c.data() {
			return false
		}
	}
	return c.copy(len(c.b) - c.at)
}

// data is that of a record, whose type and length have just been written. What does not read as the
// type has it is left.
func (c *dnsCompressor) data() bool {
	head := len(c.out) - 10
	typ, size := binary.BigEndian.Uint16(c.out[head:]), int(binary.BigEndian.Uint16(c.out[head+8:]))
	if len(c.b)-c.at < size {
		return false
	}
	from, start := c.at, len(c.out)
	front, names, behind := dnsNamesIn(typ)
	ok := names > 0 && c.copy(front)
	for ; ok && names > 0; names-- {
		ok = c.name()
	}
	if !ok || !c.copy(behind) || c.at != from+size {
		for name, at := range c.seen {
			if at >= start {
				delete(c.seen, name)
			}
		}
		c.at, c.out = from, c.out[:start]
		return c.copy(size)
	}
	binary.BigEndian.PutUint16(c.out[head+8:], uint16(len(c.out)-start))
	return true
}

// dnsNamesIn is how many names the data of a type holds, and the bytes in front of and behind them.
func dnsNamesIn(typ uint16) (front, names, behind int) {
	switch typ {
	case 2, 3, 4, 5, 7, 8, 9, 12: // NS, MD, MF, CNAME, MB, MG, MR, PTR
		return 0, 1, 0
	case 6: // SOA
		return 0, 2, 20
	case 14: // MINFO
		return 0, 2, 0
	case 15: // MX
		return 2, 1, 0
	case 33: // SRV
		return 6, 1, 0
	}
	return 0, 0, 0
}

// copy takes n bytes as they are.
func (c *dnsCompressor) copy(n int) bool {
	if len(c.b)-c.at < n {
		return false
	}
	c.out = append(c.out, c.b[c.at:c.at+n]...)
	c.at += n
	return true
}

// name takes a name.
func (c *dnsCompressor) name() bool {
	name, begins, next := c.read()
	if next < 0 {
		return false
	}
	c.at = next
	for i, from := range begins {
		rest := name[from:]
		if at, ok := c.seen[rest]; ok {
			c.out = binary.BigEndian.AppendUint16(c.out, 0xc000|uint16(at))
			return true
		}
		if len(c.out) < 0x4000 { // what a pointer can tell
			c.seen[rest] = len(c.out)
		}
		to := len(name)
		if i+1 < len(begins) {
			to = begins[i+1]
		}
		c.out = append(c.out, name[from:to]...)
	}
	c.out = append(c.out, 0)
	return true
}

// read is the name at c.at as labels with their lengths in front, where each of these begins, and
// where b goes on behind the name; -1 if it is none. A pointer may only lead back.
func (c *dnsCompressor) read() (name string, begins []int, next int) {
	at, before := c.at, c.at
	next = -1
	for at < len(c.b) {
		n := int(c.b[at])
		switch {
		case n == 0:
			if next < 0 {
				next = at + 1
			}
			return name, begins, next
		case n >= 0xc0 && at+1 < len(c.b):
			if next < 0 {
				next = at + 2
			}
			if at = (n&0x3f)<<8 | int(c.b[at+1]); at >= before {
				return "", nil, -1
			}
			before = at
		case n < 0x40 && at+1+n <= len(c.b):
			begins = append(begins, len(name))
			name += string(c.b[at : at+1+n])
			at += 1 + n
		default:
			return "", nil, -1
		}
	}
	return "", nil, -1
}
