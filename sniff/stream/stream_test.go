package stream_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pktsh/sniff/stream"
)

var (
	cli = netip.MustParseAddrPort("10.0.0.1:40000")
	srv = netip.MustParseAddrPort("10.0.0.2:80")
)

// seg is a segment from the client, or with "<" in front of its text from the server:
// flags as tcpdump writes them, "." for ACK.
func seg(flags string, seq, ack uint32, data string) stream.Segment {
	s := stream.Segment{Src: cli, Dst: srv, Seq: seq, Ack: ack, Window: 1000, Payload: []byte(data)}
	if rest, ok := strings.CutPrefix(flags, "<"); ok {
		flags, s.Src, s.Dst = rest, srv, cli
	}
	for _, f := range flags {
		s.Flags |= map[rune]uint16{'F': stream.FIN, 'S': stream.SYN, 'R': stream.RST, '.': stream.ACK}[f]
		if f == 'z' {
			s.Window = 0
		}
	}
	return s
}

// story is what an assembler tells of segments, one word for each event.
func story(l stream.Limits, segs ...stream.Segment) string {
	var out []string
	a := stream.New(l, func(e stream.Event) {
		w := e.Kind.String()
		switch e.Kind {
		case stream.Data:
			w = fmt.Sprintf("%d:%s", e.Offset, e.Bytes)
		case stream.Gap, stream.OutOfOrder, stream.Retransmission, stream.Stray:
			w = fmt.Sprintf("%s %d+%d", w, e.Offset, e.Len)
		case stream.Overlap:
			w = fmt.Sprintf("%s %d %s", w, e.Offset, e.Bytes)
		case stream.End, stream.Start:
			w = strings.TrimSpace(w + " " + e.Text)
		}
		if !e.FromClient {
			w = "<" + w
		}
		out = append(out, w)
	})
	for _, s := range segs {
		a.Segment(s)
	}
	a.Flush()
	return strings.Join(out, ", ")
}

func TestStories(t *testing.T) {
	const top = 0xffffffff
	syn, synack := seg("S", 99, 0, ""), seg("<S.", 499, 100, "")
	for _, c := range []struct {
		name string
		segs []stream.Segment
		want string
	}{
		{"plain", []stream.Segment{syn, synack, seg(".", 100, 500, "ab"), seg("<.", 500, 102, "xy"), seg("F.", 102, 502, ""), seg("<F.", 502, 103, ""), seg(".", 103, 503, "")},
			"start, 0:ab, <0:xy, <end closed by both"},
		{"the number wraps", []stream.Segment{seg("S", top-2, 0, ""), seg(".", top-1, 0, "ab"), seg(".", 0, 0, "cd"), seg(".", 2, 0, "ef")},
			"start, 0:ab, 2:cd, 4:ef, end the capture ends"},
		{"out of order over the wrap", []stream.Segment{seg("S", top-2, 0, ""), seg(".", 0, 0, "cd"), seg(".", top-1, 0, "ab")},
			"start, out of order 2+2, 0:ab, 2:cd, end the capture ends"},
		{"sent again, and longer", []stream.Segment{syn, seg(".", 100, 0, "abc"), seg(".", 100, 0, "abcde")},
			"start, 0:abc, retransmission 0+3, 3:de, end the capture ends"},
		{"other contents: the first wins", []stream.Segment{syn, seg(".", 100, 0, "abc"), seg(".", 101, 0, "XXd")},
			"start, 0:abc, overlap 1 XX, 3:d, end the capture ends"},
		{"other contents ahead of time", []stream.Segment{syn, seg(".", 102, 0, "cd"), seg(".", 101, 0, "bXXe"), seg(".", 100, 0, "a")},
			"start, out of order 2+2, out of order 1+4, overlap 2 XX, 0:a, 1:b, 2:cd, 4:e, end the capture ends"},
		{"lost, and acknowledged", []stream.Segment{syn, synack, seg(".", 100, 500, "ab"), seg(".", 105, 500, "fg"), seg("<.", 500, 107, "")},
			"start, 0:ab, out of order 5+2, gap 2+3, 5:fg, end the capture ends"},
		{"lost, acknowledged, and there after all", []stream.Segment{syn, synack, seg(".", 105, 500, "fg"), seg("<.", 500, 107, ""), seg(".", 100, 500, "abcdefg")},
			"start, out of order 5+2, gap 0+5, 5:fg, stray 0+5, retransmission 5+2, end the capture ends"},
		{"lost at the end", []stream.Segment{syn, seg(".", 105, 0, "fg")},
			"start, out of order 5+2, gap 0+5, 5:fg, end the capture ends"},
		{"the last bytes before FIN are lost", []stream.Segment{syn, synack, seg("F.", 103, 500, ""), seg("<F.", 500, 104, "")},
			"start, gap 0+3, <end closed by both"},
		{"in its middle", []stream.Segment{seg("<.", 500, 100, "xy"), seg(".", 100, 502, "ab")},
			"<start in its middle, <0:xy, 0:ab, end the capture ends"},
		{"keep-alive", []stream.Segment{syn, synack, seg(".", 100, 500, "ab"), seg("<.", 500, 102, ""), seg(".", 101, 500, ""), seg(".", 101, 500, "X")},
			"start, 0:ab, keep-alive, keep-alive, end the capture ends"},
		{"zero window", []stream.Segment{syn, synack, seg("<.z", 500, 100, ""), seg("<.z", 500, 100, ""), seg("<.", 500, 100, "")},
			"start, <zero window, end the capture ends"},
		{"reset", []stream.Segment{syn, synack, seg(".", 100, 500, "ab"), seg("<R", 500, 0, "")},
			"start, 0:ab, <end reset by 10.0.0.2:80"},
		{"a reset from elsewhere", []stream.Segment{syn, synack, seg("<R", 400, 0, ""), seg(".", 100, 500, "ab")},
			"start, <stray -100+0, 0:ab, end the capture ends"},
		{"the ports used again", []stream.Segment{syn, seg(".", 100, 0, "ab"), seg("S", 5000, 0, ""), seg(".", 5001, 0, "cd")},
			"start, 0:ab, end a new connection took its place, start, 0:cd, end the capture ends"},
		{"SYN again", []stream.Segment{syn, syn, seg(".", 100, 0, "ab")},
			"start, retransmission 0+0, 0:ab, end the capture ends"},
		{"data on the SYN", []stream.Segment{seg("S", 99, 0, "ab"), seg(".", 102, 0, "cd")},
			"start, 0:ab, 2:cd, end the capture ends"},
	} {
		if got := story(stream.Limits{}, c.segs...); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	got := story(stream.Limits{Pending: 200}, seg("S", 99, 0, ""), seg(".", 101, 0, strings.Repeat("x", 190)))
	if want := "gap 0+1, 1:xxx"; !strings.Contains(got, want) {
		t.Errorf("too much waits: got %s", got)
	}
	a := stream.New(stream.Limits{Conns: 10}, func(stream.Event) {})
	for port := range uint16(100) {
		s := seg("S", 1, 0, "")
		s.Src = netip.AddrPortFrom(cli.Addr(), 1000+port)
		a.Segment(s)
	}
	if st := a.Stats(); st.Conns != 100 || st.Evicted != 90 {
		t.Errorf("%d connections, %d given up; want 100 and 90", st.Conns, st.Evicted)
	}
}

// All connections together keep no more than Total.
func TestTotal(t *testing.T) {
	var gone int
	a := stream.New(stream.Limits{Total: 100 << 10}, func(e stream.Event) {
		if e.Kind == stream.End && e.Text == "given up: too much memory" {
			gone++
		}
	})
	for port := range uint16(100) {
		s := seg(".", 100, 0, strings.Repeat("x", 8000))
		s.Src = netip.AddrPortFrom(cli.Addr(), 1000+port)
		a.Segment(s)
	}
	if st := a.Stats(); gone < 80 || gone > 95 || st.Evicted != uint64(gone) {
		t.Errorf("%d connections of 100 were given up, %d counted; about 10 fit", gone, st.Evicted)
	}
}

// FuzzAssembler cuts bytes into segments that overlap, repeat and come in any
// order, and compares with a model that writes the first copy of each byte down.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, 3, 5, 2, 1, 9, 3, 3, 0, 200}, uint32(0xfffffff0))
	f.Add([]byte{10, 3, 0, 20, 5, 9}, uint32(7))
	f.Fuzz(func(t *testing.T, plan []byte, isn uint32) {
		var model [600]int // byte of each offset, -1 while there is none
		for i := range model {
			model[i] = -1
		}
		var got [600]int
		copy(got[:], model[:])
		next := int64(0)
		a := stream.New(stream.Limits{}, func(e stream.Event) {
			if e.Kind != stream.Data && e.Kind != stream.Gap {
				return
			}
			if e.Offset != next {
				t.Fatalf("%s at offset %d, want %d", e.Kind, e.Offset, next)
			}
			next += int64(e.Len)
			for i, b := range e.Bytes {
				got[e.Offset+int64(i)] = int(b)
			}
		})
		a.Segment(seg("S", isn-1, 0, ""))
		for n := 0; n+1 < len(plan); n += 2 {
			at, size := int(plan[n])*2, int(plan[n+1]%60)
			data := bytes.Repeat([]byte{byte(n)}, size)
			for i := range data {
				if model[at+i] < 0 {
					model[at+i] = n & 0xff
				}
			}
			a.Segment(seg(".", isn+uint32(at), 0, string(data)))
			for i := range next {
				if got[i] != model[i] {
					t.Fatalf("offset %d: got %d, want %d", i, got[i], model[i])
				}
			}
			if int(next) < len(model) && model[next] >= 0 {
				t.Fatalf("byte %d has come and was not given", next)
			}
		}
		a.Flush()
		if got != model {
			t.Fatalf("at the end: got\n%v\nwant\n%v", got, model)
		}
	})
}

func netAddr(a netip.AddrPort, port uint16) netip.AddrPort { return netip.AddrPortFrom(a.Addr(), port) }
