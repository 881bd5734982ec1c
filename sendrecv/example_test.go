package sendrecv_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"slices"
	"time"

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
	fmt.Printf("sent %d, answered %d\n", res.Sent, len(res.Answered))
	var lines []string
	for _, p := range res.Answered {
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
