package layers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func buildAll(t *testing.T, ps []*Packet) [][]byte {
	t.Helper()
	var out [][]byte
	for _, p := range ps {
		b, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func udp4(t *testing.T, payload int) *Packet {
	t.Helper()
	p := NewPacket(New(Ether), New(IP), New(UDP))
	for name, v := range map[string]any{"src": "10.0.0.1", "dst": "10.0.0.2", "id": 7, "flags": "evil"} {
		if err := p.At(1).SetField(name, v); err != nil {
			t.Fatal(err)
		}
	}
	_ = p.At(0).SetField("src", "02:00:00:00:00:01")
	_ = p.At(0).SetField("dst", "02:00:00:00:00:02")
	p.Push(RawPacket(bytes.Repeat([]byte("0123456789"), payload/10+1)[:payload]))
	return p
}

// Fragments, in any order and from the wire, join to the packet they were cut from.
func TestFragmentsJoin(t *testing.T) {
	for _, c := range []struct{ payload, size int }{{0, 8}, {1, 8}, {100, 8}, {100, 20}, {4000, 1480}, {1472, 1480}, {1473, 1480}, {65507, 1480}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			p := udp4(t, c.payload)
			want := buildAll(t, []*Packet{p})[0]
			frags, err := p.Fragment(1, c.size)
			if err != nil {
				t.Fatal(err)
			}
			var wire []*Packet
			for i, b := range buildAll(t, frags) {
				if data := len(b) - 34; data > c.size || i < len(frags)-1 && data%8 != 0 {
					t.Errorf("fragment %d carries %d bytes, want at most %d and a multiple of 8 but for the last", i, data, c.size)
				}
				wire = append(wire, Dissect(Ether, b))
			}
			rand.Shuffle(len(wire), func(i, j int) { wire[i], wire[j] = wire[j], wire[i] })
			for _, got := range [][]*Packet{Defragment(wire), Defragment(append(slices.Clone(wire), wire[0].Clone()))} {
				// The one that fits is no fragment, and what came twice is two packets.
				if len(frags) > 1 && len(got) != 1 || !bytes.Equal(buildAll(t, got)[0], want) {
					t.Errorf("%d fragments joined to %d packets", len(frags), len(got))
				}
			}
		})
	}
}

func TestFragmentsThatDoNotJoin(t *testing.T) {
	frags, err := udp4(t, 100).Fragment(1, 24)
	if err != nil {
		t.Fatal(err)
	}
	other, err := udp4(t, 90).Fragment(1, 48)
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]*Packet{
		"the first is missing": frags[1:],
		"the last is missing":  frags[:len(frags)-1],
		"one is missing":       slices.Delete(slices.Clone(frags), 1, 2),
		"they overlap":         append(slices.Clone(frags), other...),
	} {
		whole, joined, missing := Defrag(list)
		if len(whole) != 0 || len(joined) != 0 || len(missing) != len(list) {
			t.Errorf("%s: got %d whole, %d joined and %d missing of %d", name, len(whole), len(joined), len(missing), len(list))
		}
		if got := Defragment(list); !slices.Equal(got, list) {
			t.Errorf("%s: the list changed", name)
		}
	}
}

func TestFragmentRefuses(t *testing.T) {
	far := udp4(t, 10)
	_ = far.At(1).SetField("frag", 0x1fff)
	for _, c := range []struct {
		p    *Packet
		i    int
		size int
		want string
	}{
		{udp4(t, 10), 1, 0, "got 0, want 1 or more"},
		{udp4(t, 10), 0, 8, "is no IP"},
		{far, 1, 8, "beyond the largest offset"},
	} {
		if _, err := c.p.Fragment(c.i, c.size); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestFragments6Join(t *testing.T) {
	for _, size := range []int{64 + 8, 100, 1280, 5000} {
		p := NewPacket(New(IPv6), New(UDP))
		_ = p.At(0).SetField("src", "2001:db8::1")
		_ = p.At(0).SetField("dst", "2001:db8::2")
		p.Push(RawPacket(bytes.Repeat([]byte("Z"), 3000)))
		want := buildAll(t, []*Packet{p})[0]
		frags, err := p.Fragment6(size)
		if err != nil {
			t.Fatal(err)
		}
		var wire []*Packet
		for _, b := range buildAll(t, frags) {
			if len(b) > size {
				t.Errorf("a fragment of %d bytes, want at most %d", len(b), size)
			}
			wire = append(wire, Dissect(IPv6, b))
		}
		rand.Shuffle(len(wire), func(i, j int) { wire[i], wire[j] = wire[j], wire[i] })
		got, notes, err := Defragment6(wire)
		if err != nil || len(notes) > 0 || !bytes.Equal(buildAll(t, []*Packet{got})[0], want) {
			t.Errorf("size %d: %d fragments join to another packet (%v %v)", size, len(frags), notes, err)
		}
		if len(frags) > 2 {
			_, notes, _ := Defragment6(append([]*Packet{frags[0], frags[0]}, frags[2:]...))
			if !strings.Contains(strings.Join(notes, ";"), "missing") || !strings.Contains(strings.Join(notes, ";"), "twice") {
				t.Errorf("size %d: what is missing and double was not told: %v", size, notes)
			}
		}
	}
	if _, err := udp4(t, 10).Fragment6(8); err != nil {
		t.Errorf("a packet without IPv6: %v", err)
	}
}
