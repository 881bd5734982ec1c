package layers

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// fragmentsOf are the fragments of a datagram with n bytes of data, as a capture has
// them, a second apart from each other.
func fragmentsOf(t *testing.T, v6 bool, n int) (whole *Packet, out []*Packet) {
	t.Helper()
	udp := NewPacket(New(IP), New(UDP))
	if v6 {
		udp = NewPacket(New(IPv6), New(UDP))
	}
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i / 3)
	}
	udp.Push(RawPacket(data))
	link := udp.layers[0].proto
	frags, err := udp.Fragment6(1280)
	if !v6 {
		frags, err = udp.Fragment(0, 1000)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range frags {
		b, err := f.Build()
		if err != nil {
			t.Fatal(err)
		}
		q := Dissect(link, b)
		q.Meta = &Meta{Time: time.Unix(int64(i), 0)}
		out = append(out, q)
	}
	b, err := udp.Build()
	if err != nil {
		t.Fatal(err)
	}
	return Dissect(link, b), out
}

func mustBuild(t *testing.T, p *Packet) []byte {
	t.Helper()
	b, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever the order, the datagram comes out once and as it was sent.
func TestReassembler(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		whole, frags := fragmentsOf(t, v6, 20000)
		for seed := range uint64(20) {
			order := rand.New(rand.NewPCG(seed, 0)).Perm(len(frags))
			var r Reassembler
			var out []*Packet
			for n, i := range order {
				out = append(out, r.Add(frags[i])...)
				if len(out) > 0 && n < len(order)-1 {
					t.Fatalf("came out after %d of %d fragments", n+1, len(order))
				}
				if n < len(order)-1 {
					out = append(out, r.Add(frags[i])...) // twice
				}
			}
			if len(out) != 1 || !bytes.Equal(mustBuild(t, out[0]), mustBuild(t, whole)) {
				t.Fatalf("IPv6 %t, order %v: got %v", v6, order, out)
			}
			if got := out[0].Meta.Time; got != time.Unix(int64(len(frags)-1), 0) {
				t.Errorf("time %v, want the last fragment's", got)
			}
			if r.bytes != 0 || len(r.open) != 0 || r.Lost() != nil {
				t.Errorf("%d bytes, %d datagrams are still kept; lost %v", r.bytes, len(r.open), r.Lost())
			}
		}
	}
}

// What cannot be joined comes out as it came, and is told.
func TestReassemblerGivesUp(t *testing.T) {
	_, frags := fragmentsOf(t, false, 5000)
	other := frags[1].Clone()
	other.Layers()[len(other.Layers())-1].put(0, bytes.Repeat([]byte("?"), 1000))
	other.data = nil
	late := NewPacket(New(IP), New(ICMP))
	late.Meta = &Meta{Time: time.Unix(1000, 0)}
	for _, c := range []struct {
		name string
		r    Reassembler
		in   []*Packet
		why  string
	}{
		{"one is missing", Reassembler{}, frags[1:], "incomplete"},
		{"too late", Reassembler{}, append(frags[1:len(frags):len(frags)], late), "time limit"},
		{"other contents", Reassembler{}, append([]*Packet{other}, frags...), "overlap"},
		{"memory", Reassembler{MaxBytes: 5000}, frags[1:], "too many"},
	} {
		var out []*Packet
		for _, p := range c.in {
			out = append(out, c.r.Add(p)...)
		}
		out = append(out, c.r.Flush()...)
		if len(out) != len(c.in) {
			t.Errorf("%s: %d packets came out of %d", c.name, len(out), len(c.in))
		}
		if lost := c.r.Lost(); len(lost) == 0 || !strings.Contains(lost[0].Why, c.why) {
			t.Errorf("%s: told %v, want %q", c.name, lost, c.why)
		}
		if c.r.bytes != 0 {
			t.Errorf("%s: %d bytes are still kept", c.name, c.r.bytes)
		}
	}
}

func FuzzReassembler(f *testing.F) {
	f.Add([]byte{0, 1, 8, 1, 1, 4, 0, 2, 4}, true)
	f.Fuzz(func(t *testing.T, plan []byte, v6 bool) {
		r := Reassembler{MaxBytes: 1 << 16}
		in, out := 0, 0
		for i := 0; i+2 < len(plan); i += 3 {
			offset, more, n := uint64(plan[i]), uint64(plan[i+1]&1), int(plan[i+2])
			l := New(IP)
			p := NewPacket(l)
			if v6 {
				l = New(IPv6ExtHdrFragment)
				p = NewPacket(New(IPv6), l)
				l.SetUint(fragOffset, offset)
				l.SetUint(frag6More, more)
			} else {
				l.SetUint(ipFrag, offset)
				l.SetUint(ipFlags, more)
			}
			p.Push(RawPacket(make([]byte, n)))
			in++
			out += len(r.Add(p))
			if r.bytes > r.MaxBytes {
				t.Fatalf("%d bytes are kept", r.bytes)
			}
		}
		out += len(r.Flush())
		if out > in || r.bytes != 0 || r.order.Len() != 0 {
			t.Fatalf("%d packets came out of %d; %d bytes kept", out, in, r.bytes)
		}
	})
}

// An error that quotes a fragment is none.
func TestQuotedFragmentIsNone(t *testing.T) {
	_, v4 := fragmentsOf(t, false, 3000)
	_, v6 := fragmentsOf(t, true, 3000)
	for _, c := range []struct {
		head []*Proto
		frag *Packet
	}{{[]*Proto{IP, ICMP}, v4[1]}, {[]*Proto{IPv6, ICMPv6TimeExceeded}, v6[1]}} {
		p := NewPacket(New(c.head[0]), New(c.head[1]))
		if f := c.head[1].Index("type"); c.head[1] == ICMP {
			p.layers[1].SetUint(f, 11)
		}
		p.Push(RawPacket(mustBuild(t, c.frag)))
		q := Dissect(c.head[0], mustBuild(t, p))
		var r Reassembler
		if out := r.Add(q); len(out) != 1 || out[0] != q {
			t.Errorf("%s: %d packets came out", q.Summary(), len(out))
		}
	}
}
