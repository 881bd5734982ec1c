package layers_test

import (
	"encoding/hex"
	"fmt"
	"log"

	"pktsh/layers"
)

// build stacks layers of the protocols and sets fields of them; a field's name is
// looked for from the layer on, outwards in.
func build(fields map[string]any, protos ...*layers.Proto) *layers.Packet {
	p := layers.NewPacket()
	for _, proto := range protos {
		p.Push(layers.NewPacket(layers.New(proto)))
	}
	for name, v := range fields {
		if err := p.At(0).SetField(name, v); err != nil {
			log.Fatal(err)
		}
	}
	return p
}

// A packet is a stack of layers. What is not set is computed, what is set
// stands exactly so, even if it is wrong.
func Example() {
	p := build(map[string]any{"src": "10.0.0.1", "dst": "10.0.0.2", "dport": "http", "flags": "DF"}, layers.IP, layers.TCP)
	fmt.Println(p.Repr())
	fmt.Println(p.Summary())

	data, err := p.Build()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(layers.Hexdump(data))

	q := layers.Dissect(layers.IP, data)
	fmt.Println(q.Find(layers.TCP).Name(), q.At(1).Uint(layers.TCP.Index("dport")))
	// Output:
	// <IP  flags=DF frag=0 proto=tcp src=10.0.0.1 dst=10.0.0.2 |<TCP  dport=http |>>
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.2:http S
	// 0000  45 00 00 28 00 01 40 00 40 06 26 CD 0A 00 00 01  E..(..@.@.&.....
	// 0010  0A 00 00 02 00 14 00 50 00 00 00 00 00 00 00 00  .......P........
	// 0020  50 02 20 00 7B 7C 00 00                          P. .{|..
	// TCP 80
}

// A field that holds a list, a range or a network makes the packet a set.
func ExamplePacket_Expand() {
	p := build(map[string]any{"src": "10.0.0.1", "dst": "10.0.0.0/31", "dport": layers.List{22, layers.Tuple{80, 81}}}, layers.IP, layers.TCP)
	fmt.Println(p.SetSize())
	for q := range p.Expand() {
		fmt.Println(q.Summary())
	}
	// Output:
	// 6
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.0:ssh S
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.0:http S
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.0:81 S
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.1:ssh S
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.1:http S
	// IP / TCP 10.0.0.1:ftp_data > 10.0.0.1:81 S
}

// What cannot be parsed stays Raw, and show says why.
func ExamplePacket_Show() {
	data, err := hex.DecodeString("0014005000000000")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(layers.Dissect(layers.UDP, data[:4]).Show())
	fmt.Print(layers.Dissect(layers.UDP, data).Show())
	// Output:
	// ###[ Raw ]###
	//   load      = b'\x00\x14\x00P'
	// !!! byte 0, UDP: truncated: 4 bytes, want at least 8
	// ###[ UDP ]###
	//   sport     = 20
	//   dport     = 80
	//   len       = 0
	//   chksum    = 0x0
}

func ExamplePacket_Sprintf() {
	p := build(map[string]any{"src": "10.0.0.1", "dst": "10.0.0.2"}, layers.IP, layers.TCP)
	s, err := p.Sprintf("%IP.src% > %IP.dst%{TCP: port %r,TCP.dport% flags %TCP.flags%}{UDP: a datagram}")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s)
	// Output: 10.0.0.1 > 10.0.0.2 port 80 flags S
}

func ExampleFuzz() {
	layers.Seed(1)
	p := layers.Fuzz(build(map[string]any{"src": "10.0.0.1", "dst": "10.0.0.2", "ttl": 9}, layers.IP, layers.UDP))
	fmt.Println(p.ReprFrom(1))
	// Output: <UDP  sport=<RandShort> dport=<RandShort> |>
}
