package stream_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pktsh/layers"
	"pktsh/sniff/stream"
)

// through are the payloads that come out of a TCPSession, and what it tells of losses.
func through(t *testing.T, segments ...stream.Segment) (out, lost []string) {
	t.Helper()
	s := stream.NewTCPSession(stream.Limits{})
	take := func(p *layers.Packet) bool {
		b, err := p.BuildFrom(p.Index(layers.TCP, 1, 0) + 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 0 {
			out = append(out, string(b))
		}
		return true
	}
	for _, sg := range segments {
		if err := s.Take(packetOf(t, sg), take); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(take); err != nil {
		t.Fatal(err)
	}
	return out, s.Lost()
}

// Each byte comes out once, in a message or in the packet that brought it, in whatever
// order packets came and how often; what messages stand for is told.
func TestOrderOfPackets(t *testing.T) {
	const get = "GET / HTTP/1.1\r\n\r\n"
	syn, synack := seg("S", 99, 0, ""), seg("<S.", 499, 100, "")
	for _, c := range []struct {
		name string
		sent []stream.Segment
		want []string
		lost string
	}{
		{"a message, its end first", []stream.Segment{syn, synack, seg(".", 104, 500, get[4:]), seg(".", 100, 500, get[:4])}, []string{get}, ""},
		{"a message backwards", []stream.Segment{syn, synack, seg(".", 110, 500, get[10:]), seg(".", 104, 500, get[4:10]), seg(".", 102, 500, get[2:4]), seg(".", 100, 500, get[:2])}, []string{get}, ""},
		{"no message, its end first", []stream.Segment{syn, synack, seg(".", 105, 500, "world"), seg(".", 100, 500, "hello")}, []string{"world", "hello"}, ""},
		{"no message, backwards in pieces too small to tell", []stream.Segment{syn, synack, seg(".", 102, 500, "llo"), seg(".", 101, 500, "E"), seg(".", 100, 500, "H")}, []string{"H", "E", "llo"}, ""},
		{"the start of a message again", []stream.Segment{syn, synack, seg(".", 100, 500, get[:2]), seg(".", 100, 500, get[:2]), seg(".", 102, 500, get[2:])}, []string{get}, "1 segments were sent again"},
		{"a whole message again", []stream.Segment{syn, synack, seg(".", 100, 500, get), seg(".", 100, 500, get), seg("F.", 118, 500, "")}, []string{get}, "1 segments were sent again"},
		{"no message again", []stream.Segment{syn, synack, seg(".", 100, 500, "hello"), seg(".", 100, 500, "hello")}, []string{"hello", "hello"}, ""},
		{"little, again", []stream.Segment{syn, synack, seg(".", 100, 500, "GE"), seg(".", 100, 500, "GE"), seg(".", 102, 500, "!!")}, []string{"GE", "GE", "!!"}, ""},
		{"in front of what was seen first", []stream.Segment{seg(".", 100, 500, get), seg(".", 95, 500, "early")}, []string{get, "early"}, ""},
		{"in front of it, and on", []stream.Segment{seg(".", 100, 500, get[:4]), seg(".", 95, 500, "early"+get)}, []string{"early", get}, "1 segments were sent again"},
		{"in front, of no message", []stream.Segment{seg(".", 100, 500, "hello"), seg(".", 98, 500, "--hello you")}, []string{"hello", "--hello you"}, ""},
		{"behind a gap, of no message", []stream.Segment{syn, synack, seg(".", 100, 500, get), seg(".", 200, 500, "zzzz"), seg("<.", 500, 204, "")}, []string{get, "zzzz"}, "bytes of streams are missing"},
		{"what was missing, after all", []stream.Segment{syn, synack, seg(".", 118, 500, get), seg("<.", 500, 136, ""), seg(".", 100, 500, get)}, []string{get, get}, "bytes of streams are missing"},
		{"what was missing, and on", []stream.Segment{syn, synack, seg(".", 118, 500, get), seg("<.", 500, 136, ""), seg(".", 100, 500, get+get)}, []string{get, get}, "1 segments were sent again"},
		{"behind a gap, a message", []stream.Segment{syn, synack, seg(".", 200, 500, get), seg("<.", 500, 218, "")}, []string{get}, "bytes of streams are missing"},
	} {
		got, lost := through(t, c.sent...)
		if !slices.Equal(got, c.want) || !strings.Contains(strings.Join(lost, "\n"), c.lost) || (c.lost == "") != (len(lost) == 0) {
			t.Errorf("%s: got %q, want %q; told %q, want %q", c.name, got, c.want, lost, c.lost)
		}
	}
}

// Whatever order segments come in, and whichever is missing: what comes out has each byte
// that came as often as it came.
func TestAnyOrder(t *testing.T) {
	texts := []string{
		"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
		"hello world this is nothing", "no message\r\n\r\nand no header", "GETTING there",
		"GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: x\r\n\r\nrest of it",
		"\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03", "\x16\x03\x01\x00\x02ab\x99\x99\x99\x99",
	}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := texts[r.IntN(len(texts))]
		var parts []stream.Segment
		for at := 0; at < len(text); {
			n := min(1+r.IntN(12), len(text)-at)
			parts = append(parts, seg(".", uint32(100+at), 500, text[at:at+n]))
			at += n
		}
		for range r.IntN(6) {
			a, b := r.IntN(len(parts)), r.IntN(len(parts))
			parts[a], parts[b] = parts[b], parts[a]
		}
		if r.IntN(3) == 0 {
			parts = parts[1:]
		}
		sent := []stream.Segment{seg("S", 99, 0, ""), seg("<S.", 499, 100, "")}
		came := ""
		for _, p := range parts {
			came += string(p.Payload)
		}
		out, _ := through(t, append(sent[:1+r.IntN(2)], parts...)...)
		if a, b := sorted(came), sorted(strings.Join(out, "")); a != b {
			t.Fatalf("seed %d: of %q in the order %q came %q", seed, text, came, out)
		}
	}
}

func sorted(s string) string {
	b := []byte(s)
	slices.Sort(b)
	return string(b)
}

// Messages in pieces of a few bytes cost each byte once: chunks of one byte, a long header
// before a body, a long line. Looked at anew with each piece they took minutes.
func TestManyPieces(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, text := range map[string]string{
		"chunks":          chunked + strings.Repeat("1\r\nx\r\n", 1<<18) + "0\r\n\r\n",
		"header and body": "POST / HTTP/1.1\r\nX: " + strings.Repeat("y", 1<<20) + "\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("z", 1<<20),
		"a chunk's line":  chunked + "1;" + strings.Repeat("e", 1<<20) + "\r\nx\r\n0\r\n\r\n",
		"trailer":         chunked + "0\r\n" + strings.Repeat("a: b\r\n", 1<<17) + "\r\n",
	} {
		m := stream.NewMessages(&stream.Conn{}, &stream.Requests{})
		var got [][]byte
		for part := range slices.Chunk([]byte(text), 8) {
			got = append(got, added(t, m, part)...)
		}
		if len(got) != 1 || string(got[0]) != text {
			t.Errorf("%s: %d messages", name, len(got))
		}
	}
}

// An acknowledgement that tells of a gap comes out itself, and what waited behind the gap
// has the headers of the end that sent it.
func TestGapToldByOtherEnd(t *testing.T) {
	const get = "GET / HTTP/1.1\r\n\r\n"
	s := stream.NewTCPSession(stream.Limits{})
	var out []string
	take := func(p *layers.Packet) bool {
		sg, ok := stream.SegmentOf(p)
		if !ok {
			t.Errorf("%s is no segment", p.Summary())
		}
		out = append(out, fmt.Sprintf("%v %d %s", sg.Src, sg.Seq, sg.Payload))
		return true
	}
	for _, sg := range []stream.Segment{
		seg("S", 99, 0, ""), seg("<S.", 499, 100, ""),
		seg(".", 150, 500, get), // of what was in front nothing is seen
		seg("<.", 500, 168, ""),
		seg(".", 168, 500, get[:5]), // which is all of a second request that is seen
		seg("F.", 190, 500, ""), seg("<F.", 500, 191, ""),
	} {
		if err := s.Take(packetOf(t, sg), take); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(take); err != nil {
		t.Fatal(err)
	}
	want := []string{
		cli.String() + " 99 ", srv.String() + " 499 ",
		cli.String() + " 150 " + get, srv.String() + " 500 ",
		cli.String() + " 190 ", cli.String() + " 168 " + get[:5], srv.String() + " 500 ",
	}
	if !slices.Equal(out, want) {
		t.Errorf("got\n%q\nwant\n%q", out, want)
	}
}
