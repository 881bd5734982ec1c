package stream_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pktsh/layers"
	"pktsh/sniff/stream"
)

// packetOf is a segment as a packet.
func packetOf(t testing.TB, s stream.Segment) *layers.Packet {
	t.Helper()
	ip, tcp, raw := layers.New(layers.IP), layers.New(layers.TCP), layers.New(layers.Raw)
	p := layers.NewPacket(ip, tcp)
	if len(s.Payload) > 0 {
		p = layers.NewPacket(ip, tcp, raw)
	}
	for l, fields := range map[*layers.Layer]map[string]any{
		ip:  {"src": s.Src.Addr().String(), "dst": s.Dst.Addr().String()},
		tcp: {"sport": uint64(s.Src.Port()), "dport": uint64(s.Dst.Port()), "seq": uint64(s.Seq), "ack": uint64(s.Ack), "flags": uint64(s.Flags), "window": uint64(s.Window)},
		raw: {"load": s.Payload},
	} {
		for name, v := range fields {
			if err := l.Set(l.Proto().Index(name), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return layers.Dissect(layers.IP, b)
}

// messages are the payloads that come out of a TCPSession for text that the ends say,
// in pieces of n bytes.
func messages(t *testing.T, n int, server uint16, said ...string) (out []string) {
	t.Helper()
	s := stream.NewTCPSession(stream.Limits{})
	take := func(p *layers.Packet) bool {
		i := p.Index(layers.TCP, 1, 0)
		b, err := p.BuildFrom(i + 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 0 {
			out = append(out, string(b))
		}
		return true
	}
	next := [2]uint32{1, 1}
	send := func(text string) {
		flags, d := ".", 0
		if rest, ok := strings.CutPrefix(text, "<"); ok {
			flags, text, d = "<.", rest, 1
		}
		for part := range slices.Chunk([]byte(text), n) {
			sg := seg(flags, next[d], next[1-d], string(part))
			if d == 0 {
				sg.Dst = netAddr(sg.Dst, server)
			} else {
				sg.Src = netAddr(sg.Src, server)
			}
			next[d] += uint32(len(part))
			if err := s.Take(packetOf(t, sg), take); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, text := range said {
		send(text)
	}
	if err := s.Flush(take); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMessagesComeOutWhole(t *testing.T) {
	const get, post = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
	const chunked = "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"
	hello := "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"
	for _, c := range []struct {
		name string
		port uint16
		said []string
		want []string // nil: as much as was said, in whatever packets
	}{
		{"requests", 80, []string{get + post, "<HTTP/1.1 204 No Content\r\n\r\n"}, []string{get, post, "HTTP/1.1 204 No Content\r\n\r\n"}},
		{"chunked", 80, []string{get, chunked, "<HTTP/1.0 200 OK\r\n\r\nuntil the end"}, []string{get, chunked[1:], "HTTP/1.0 200 OK\r\n\r\nuntil the end"}},
		{"HEAD", 80, []string{"HEAD / HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", get}, []string{"HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", get}},
		{"TLS", 443, []string{hello + hello}, []string{hello, hello}},
		{"TLS hello over three records", 443, []string{"\x16\x03\x01\x00\x02\x01\x00" + "\x16\x03\x01\x00\x03\x00\x02\x03" + "\x16\x03\x01\x00\x01\x03" + "\x14\x03\x03\x00\x01\x01" + "\x16\x03\x03\x00\x04\x01\xff\xff\xff"},
			[]string{hello, "\x14\x03\x03\x00\x01\x01", "\x16\x03\x03\x00\x04\x01\xff\xff\xff"}},
		{"malformed", 80, []string{get + "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}, nil},
	} {
		for _, n := range []int{1, 7, 1000} {
			if c.want == nil { // the bytes all come, in whatever packets
				if got := strings.Join(messages(t, n, c.port, c.said...), ""); got != strings.Join(c.said, "") {
					t.Errorf("%s in pieces of %d: got %q", c.name, n, got)
				}
				continue
			}
			if got := messages(t, n, c.port, c.said...); !slices.Equal(got, c.want) {
				t.Errorf("%s in pieces of %d: got\n%q\nwant\n%q", c.name, n, got, c.want)
			}
		}
	}
}

// A message of DNS keeps its length on the headers that it came with.
func TestDNSOverTCP(t *testing.T) {
	msg := "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
	framed := string([]byte{0, byte(len(msg))}) + msg
	for _, n := range []int{1, 5, 100} {
		if got := messages(t, n, 53, framed+framed); !slices.Equal(got, []string{framed, framed}) {
			t.Errorf("in pieces of %d: got %q", n, got)
		}
	}
}

// What speaks no protocol that is known passes packet by packet.
func TestUnknownPasses(t *testing.T) {
	if got := messages(t, 4, 9999, "hello you"); !slices.Equal(got, []string{"hell", "o yo", "u"}) {
		t.Errorf("got %q", got)
	}
}

func ExampleConversations() {
	var t testing.T
	var ps []*layers.Packet
	for _, s := range []stream.Segment{
		seg("S", 99, 0, ""), seg("<S.", 499, 100, ""),
		seg(".", 103, 500, "lo"), seg(".", 100, 500, "hel"), seg("<.", 503, 105, "there"),
	} {
		ps = append(ps, packetOf(&t, s))
	}
	for _, c := range stream.Conversations(ps) {
		fmt.Println(c, "-", c.Ended)
		for _, k := range c.Chunks {
			fmt.Println(k.FromClient, string(k.Bytes)+k.Note)
		}
	}
	// Output:
	// 10.0.0.1:40000 > 10.0.0.2:80 - the capture ends
	// true 2 bytes at offset 3 came ahead of others
	// true hello
	// false 5 bytes at offset 3 came ahead of others
	// false 3 bytes missing from offset 0: never captured
	// false there
}

// added is what m.Add gives, as bytes.
func added(t testing.TB, m *stream.Messages, b []byte) (out [][]byte) {
	t.Helper()
	msgs, err := m.Add(b, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range msgs {
		b, err := msg.Build()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), uint8(3))
	f.Add([]byte("\x16\x03\x01\x00\x02ab"), uint8(1))
	f.Add([]byte("\x16\x03\x01\x00\x0200\x16\x030\x00\x04000000000"), uint8(4)) // records, then what is none
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		m := stream.NewMessages(&stream.Conn{}, &stream.Requests{})
		var got []byte
		for part := range slices.Chunk(b, int(n)+1) {
			for _, msg := range added(t, m, part) {
				if m.Proto() == "TLS" || bytes.HasPrefix(msg, []byte("\x16\x03")) { // handshake records are joined
					return
				}
				got = append(got, msg...)
			}
		}
		got = append(got, m.Close()...)
		if !strings.HasPrefix(string(b), string(got)) {
			t.Fatalf("messages of %q begin %q", b, got)
		}
	})
}

// What is given up is told, once for each direction, and its bytes are not lost.
func TestGivenUp(t *testing.T) {
	s := stream.NewTCPSession(stream.Limits{Total: 20 << 10})
	n := 0
	take := func(p *layers.Packet) bool {
		b, err := p.BuildFrom(p.Index(layers.TCP, 1, 0) + 1)
		if err != nil {
			t.Fatal(err)
		}
		n += len(b)
		return true
	}
	sent := 0
	for _, text := range []string{"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", strings.Repeat("x", 15000), strings.Repeat("x", 15000), "more"} {
		if err := s.Take(packetOf(t, seg(".", uint32(1+sent), 0, text)), take); err != nil {
			t.Fatal(err)
		}
		sent += len(text)
	}
	if err := s.Flush(take); err != nil {
		t.Fatal(err)
	}
	if n != sent {
		t.Errorf("%d bytes came out of %d", n, sent)
	}
	if lost := s.Lost(); len(lost) != 1 || !strings.Contains(lost[0], "messages that were begun") {
		t.Errorf("told %q", lost)
	}
}
