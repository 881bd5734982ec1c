package layers

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"
)

// Packets made to be costly. Each generator gives one of some n parts; twice the
// parts must cost no more than about twice the memory to take apart and print,
// and stacks end with a note.
func TestBombsAreLinear(t *testing.T) {
	udp := func(port uint16, payload []byte) []byte {
		h := binary.BigEndian.AppendUint16(nil, port)
		h = binary.BigEndian.AppendUint16(h, port)
		h = binary.BigEndian.AppendUint16(h, uint16(8+len(payload)))
		return append(append(h, 0, 0), payload...)
	}
	dns := func(records uint16, body []byte) []byte {
		h := append([]byte{0, 1, 0x80, 0, 0, 0}, byte(records>>8), byte(records), 0, 0, 0, 0)
		return udp(53, append(h, body...))
	}
	answer := []byte{0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4} // A, IN, ttl 0, an address
	for _, c := range []struct {
		name  string
		first *Proto
		stack bool
		bytes func(n int) []byte
	}{
		{"IP in IP", IP, true, func(n int) []byte {
			var b []byte
			for i := n; i > 0; i-- {
				h := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}
				binary.BigEndian.PutUint16(h[2:], uint16(20*i))
				b = append(b, h...)
			}
			return b
		}},
		{"VLAN stack", Ether, true, func(n int) []byte {
			return append(append(make([]byte, 12), bytes.Repeat([]byte{0x81, 0, 0, 1}, n)...), 0x90, 0)
		}},
		{"MPLS stack", MPLS, true, func(n int) []byte { return bytes.Repeat([]byte{0, 0, 0x10, 64}, n) }},
		{"IPv6 extension headers", IPv6, true, func(n int) []byte {
			h := append([]byte{0x60, 0, 0, 0, byte(8 * n >> 8), byte(8 * n), 60, 64}, make([]byte, 32)...)
			return append(h, bytes.Repeat([]byte{60, 0, 1, 4, 0, 0, 0, 0}, n)...)
		}},
		{"GRE in GRE", GRE, true, func(n int) []byte {
			return bytes.Repeat([]byte{0, 0, 8, 0, 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 47, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, n)
		}},
		{"DNS pointers in a row", UDP, false, func(n int) []byte {
			body := []byte{1, 'a', 0} // then each name points at the one before
			for i := range n {
				to := 12
				if i > 0 {
					to = 12 + 3 + (i-1)*16
				}
				body = append(append(body, 0xc0|byte(to>>8), byte(to)), answer...)
			}
			return dns(uint16(n), body)
		}},
		{"DNS pointers to themselves", UDP, false, func(n int) []byte {
			var body []byte
			for i := range n {
				to := 12 + i*16
				body = append(append(body, 0xc0|byte(to>>8), byte(to)), answer...)
			}
			return dns(uint16(n), body)
		}},
		{"DNS names as long as can be", UDP, false, func(n int) []byte {
			body := bytes.Repeat([]byte{1, 'a'}, 120)
			body = append(append(body, 0), answer...)
			for range n - 1 {
				body = append(append(body, 0xc0, 12), answer...)
			}
			return dns(uint16(n), body)
		}},
		{"hop-by-hop options", IPv6ExtHdrHopByHop, false, func(n int) []byte {
			n /= 4 // of eight Pad1 each
			return append([]byte{59, byte(n - 1)}, make([]byte, 8*n-2)...)
		}},
		{"DHCP options", BOOTP, false, func(n int) []byte {
			h := append(make([]byte, 236), 0x63, 0x82, 0x53, 0x63)
			return append(h, bytes.Repeat([]byte{12, 1, 'h'}, n)...)
		}},
		{"SCTP chunks", SCTP, true, func(n int) []byte {
			return append(make([]byte, 12), bytes.Repeat([]byte{11, 0, 0, 4}, n)...)
		}},
		{"RADIUS attributes", Radius, false, func(n int) []byte {
			h := append([]byte{1, 1, byte((20 + 3*n) >> 8), byte(20 + 3*n)}, make([]byte, 16)...)
			return append(h, bytes.Repeat([]byte{1, 3, 'u'}, n)...)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cost := func(n int) float64 {
				b := c.bytes(n)
				p := Dissect(c.first, b)
				if got := p.Len(); got > maxDepth+2 {
					t.Errorf("%d parts became %d layers", n, got)
				}
				if c.stack && len(p.Notes()) == 0 {
					t.Errorf("no note on %d parts", n)
				}
				if out, err := p.Build(); err != nil || !bytes.Equal(out, b) {
					t.Errorf("%d parts are rebuilt otherwise (%v)", n, err)
				}
				// The time goes where the memory goes.
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				q := Dissect(c.first, b)
				lookInto(q)
				_, _ = q.Summary(), q.Show()
				runtime.ReadMemStats(&after)
				return float64(after.TotalAlloc - before.TotalAlloc)
			}
			small, large := cost(500), cost(1000)
			if large > 3*small {
				t.Errorf("1000 parts cost %.0f bytes, 500 cost %.0f", large, small)
			}
		})
	}
}
