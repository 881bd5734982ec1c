package sendrecv_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"slices"
	"strings"
	"time"

	"pktsh/firewall"
	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sendrecv"
)

// Ask two ports of a host whether they are open.
func ExampleEngine_SR() {
	hosts, err := lab.New(lab.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer hosts.Close()
	client, err := hosts.Host("client")
	if err != nil {
		log.Fatal(err)
	}

	e, err := sendrecv.New(sendrecv.Config{NS: client.NS})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	ip, tcp := layers.New(layers.IP), layers.New(layers.TCP)
	ip.Set(layers.IP.Index("dst"), netip.MustParseAddr("10.99.0.2"))
	tcp.Set(layers.TCP.Index("dport"), layers.Range{Lo: 80, Hi: 81})
	syn := layers.NewPacket(ip, tcp)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	res, err := e.SR(ctx, syn.Expand(), sendrecv.Options{Timeout: time.Second})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("sent %d, answered %d\n", res.Sent, res.Answered.Len())
	var lines []string
	for p := range res.Answered.All() {
		lines = append(lines, p.Answer.Summary())
	}
	slices.Sort(lines)
	for _, l := range lines {
		fmt.Println(l)
	}
	// Output:
	// sent 2, answered 2
	// IP / TCP 10.99.0.2:81 > 10.99.0.1:ftp_data RA
	// IP / TCP 10.99.0.2:http > 10.99.0.1:ftp_data SA
}

// Speak TCP by hand with a kernel: a handshake, a byte of data, and the server's answer.
func ExampleEngine_Flow() {
	hosts, err := lab.New(lab.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer hosts.Close()
	client, err := hosts.Host("client")
	if err != nil {
		log.Fatal(err)
	}
	guard, err := firewall.Open(client.NS) // or the client's kernel resets what it does not know
	if err != nil {
		log.Fatal(err)
	}
	defer guard.Close()
	e, err := sendrecv.New(sendrecv.Config{NS: client.NS, Guard: guard, Mark: firewall.Mark})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	f, err := e.Flow(ctx, sendrecv.FlowConfig{Remote: netip.MustParseAddrPort("10.99.0.2:7")})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	send := func(flags string, seq, ack uint64, data string) {
		ip, tcp, raw := layers.New(layers.IP), layers.New(layers.TCP), layers.New(layers.Raw)
		for name, v := range map[string]any{"src": f.Local.Addr(), "dst": f.Remote.Addr()} {
			ip.Set(layers.IP.Index(name), v)
		}
		for name, v := range map[string]any{"sport": f.Local.Port(), "dport": f.Remote.Port(), "flags": flags, "seq": seq, "ack": ack} {
			tcp.Set(layers.TCP.Index(name), v)
		}
		p := layers.NewPacket(ip, tcp)
		if data != "" {
			raw.Set(0, []byte(data))
			p = layers.NewPacket(ip, tcp, raw)
		}
		if err := f.Send(ctx, p); err != nil {
			log.Fatal(err)
		}
	}
	next := func() (p *layers.Packet, text string) {
		p, err := f.Next(ctx)
		if err != nil {
			log.Fatal(err)
		}
		text, _ = p.Sprintf("%TCP.flags% {Raw:%Raw.load%}")
		return p, strings.TrimSpace(text)
	}
	send("S", 1000, 0, "")
	synAck, text := next()
	fmt.Println(text)
	seq, _ := synAck.At(1).Get("seq")
	send("A", 1001, seq.(uint64)+1, "")
	send("PA", 1001, seq.(uint64)+1, "hello")
	for range 2 { // its acknowledgement, and the echo
		_, text = next()
		fmt.Println(text)
	}
	send("FA", 1006, seq.(uint64)+6, "")
	for text != "FA" { // an acknowledgement comes first where the server is slow to close
		_, text = next()
	}
	fmt.Println(text)
	// Output:
	// SA
	// A
	// PA b'hello'
	// FA
}
