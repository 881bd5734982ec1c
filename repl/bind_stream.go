package repl

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/sniff/stream"
)

const followDoc = `Print the conversations in packets: what each end of a TCP connection sent, in
sequence order, ">" before the client's lines and "<" before the server's. What was missing,
came again with other contents, or came ahead of others is told where it happened.
IP fragments are joined first. Kept at a time: 65,536 connections, 1 MiB behind a gap,
256 MiB in all; what is given up beyond that is told as missing.
endpoint: only connections with this end: "10.0.0.1:80", "10.0.0.1" or 80.
mode: "text", or "hex" for a hexdump.`

func streamBuiltins() []*builtin {
	const g = "Packets in"
	return []*builtin{
		{Sig: `follow(pkts, endpoint=None, mode="text")`, Group: g, Doc: followDoc, Run: follow},
		{Sig: "streams(pkts)", Group: g, Doc: "The TCP connections in packets, in the order in which they began: each has client, server, sent and\nreceived (the bytes of either direction in order, as the client sees them), notes\n(what was missing or came twice) and ended.",
			Run: func(c *call) (starlark.Value, error) {
				ps, err := c.packetsIn("pkts")
				if err != nil {
					return nil, err
				}
				var out []starlark.Value
				for _, s := range stream.Conversations(ps) {
					out = append(out, &streamValue{c: s})
				}
				return starlark.NewList(out), nil
			}},
	}
}

// endpoint reads the argument endpoint as a test of connections.
func (c *call) endpoint() (func(*stream.Conversation) bool, error) {
	ends := func(ok func(netip.AddrPort) bool) func(*stream.Conversation) bool {
		return func(s *stream.Conversation) bool { return ok(s.Client) || ok(s.Server) }
	}
	switch v := c.val("endpoint").(type) {
	case starlark.NoneType:
		return func(*stream.Conversation) bool { return true }, nil
	case starlark.Int:
		n, ok := v.Int64()
		if ok && n >= 0 && n < 1<<16 {
			return ends(func(a netip.AddrPort) bool { return a.Port() == uint16(n) }), nil
		}
	case starlark.String:
		if a, err := netip.ParseAddrPort(string(v)); err == nil {
			return ends(func(b netip.AddrPort) bool { return a == b }), nil
		}
		if a, err := netip.ParseAddr(string(v)); err == nil {
			return ends(func(b netip.AddrPort) bool { return a == b.Addr() }), nil
		}
	}
	return nil, c.wrong("endpoint", `"ADDRESS:PORT", an address or a port`)
}

func follow(c *call) (starlark.Value, error) {
	ps, err := c.packetsIn("pkts")
	if err != nil {
		return nil, err
	}
	match, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	mode, err := c.str("mode", "text")
	if err != nil {
		return nil, err
	}
	if mode != "text" && mode != "hex" {
		return nil, c.wrong("mode", `"text" or "hex"`)
	}
	f, isFile := shell().opts.Stdout.(*os.File)
	out := follower{hex: mode == "hex", colour: isFile && colourOK(f)}
	n := 0
	for _, s := range stream.Conversations(ps) {
		if match(s) {
			out.conversation(s)
			n++
		}
	}
	if n == 0 {
		return nil, printLine(c.th, "no TCP connection there")
	}
	return nil, printText(c.th, out.b.String())
}

// A follower prints conversations.
type follower struct {
	b           strings.Builder
	hex, colour bool
}

func (f *follower) line(colour, text string) {
	if f.colour && colour != "" {
		text = colour + text + colourOff
	}
	f.b.WriteString(text + "\n")
}

// Colours of the two ends, as Wireshark has them, and of notes.
const (
	colourClient = "\x1b[31m"
	colourServer = "\x1b[34m"
	colourNote   = "\x1b[33m"
)

func (f *follower) conversation(s *stream.Conversation) {
	head := fmt.Sprintf("TCP %s: %d bytes sent, %d received", s, len(s.Bytes(true)), len(s.Bytes(false)))
	if s.MidStream {
		head += ", begun before the capture"
	}
	f.line("", head)
	for _, k := range s.Chunks {
		mark, colour := "> ", colourClient
		if !k.FromClient {
			mark, colour = "< ", colourServer
		}
		switch {
		case k.Bytes == nil:
			f.line(colourNote, mark+"["+k.Note+"]")
		case f.hex:
			for _, l := range strings.Split(strings.TrimRight(layers.Hexdump(k.Bytes), "\n"), "\n") {
				f.line(colour, mark+l)
			}
		default:
			for _, l := range strings.Split(strings.TrimSuffix(printable(k.Bytes), "\n"), "\n") {
				f.line(colour, mark+l)
			}
		}
	}
	f.line("", s.Ended)
}

// printable is text with what is no printable ASCII as escapes, so that nothing
// from the network reaches the terminal; lines end as they are.
func printable(b []byte) string {
	var out strings.Builder
	for i, c := range b {
		switch {
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
		case c == '\n' || c == '\t' || c >= ' ' && c < 0x7f:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "\\x%02x", c)
		}
	}
	return out.String()
}

// streamValue is a conversation as a value.
type streamValue struct {
	frozenValue
	c *stream.Conversation
}

func (v *streamValue) Type() string          { return "Stream" }
func (v *streamValue) Hash() (uint32, error) { return starlark.String(v.c.String()).Hash() }
func (v *streamValue) String() string {
	return fmt.Sprintf("<stream %s: %d bytes sent, %d received, %s>", v.c, len(v.c.Bytes(true)), len(v.c.Bytes(false)), v.c.Ended)
}

// Attr is what there is to know of the stream.
func (v *streamValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "client":
		return starlark.String(v.c.Client.String()), nil
	case "server":
		return starlark.String(v.c.Server.String()), nil
	case "sent":
		return starlark.Bytes(v.c.Bytes(true)), nil
	case "received":
		return starlark.Bytes(v.c.Bytes(false)), nil
	case "ended":
		return starlark.String(v.c.Ended), nil
	case "notes":
		var out []starlark.Value
		for _, k := range v.c.Chunks {
			if k.Bytes == nil {
				out = append(out, starlark.String(k.Note))
			}
		}
		return starlark.NewList(out), nil
	}
	return nil, nil
}

// AttrNames are the names of the attributes.
func (v *streamValue) AttrNames() []string {
	return []string{"client", "ended", "notes", "received", "sent", "server"}
}
