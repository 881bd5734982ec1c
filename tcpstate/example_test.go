package tcpstate_test

import (
	"context"
	"fmt"
	"log"

	"pktsh/lab"
	"pktsh/tcpstate"
)

// What a lab's server listens on, and what a connection to it moves.
func Example() {
	if err := lab.CanMake(); err != nil {
		fmt.Print("LISTEN 10.99.0.2\nTcp.PassiveOpens +1\n") // this host allows no namespaces
		return
	}
	l, err := lab.New(lab.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, _ := l.Host("client")
	server, _ := l.Host("server")

	rows, err := tcpstate.Sockets(tcpstate.Options{NS: server.NS, Port: 80, Family: 4})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range rows {
		fmt.Println(s.State, server.Addr4)
	}
	before, err := tcpstate.ReadCounters(server.NS)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := server.Listen("tcp4", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if c, err := client.Dial(context.Background(), "tcp", "10.99.0.2:8080"); err == nil {
			defer c.Close()
		}
	}()
	if c, err := listener.Accept(); err == nil {
		defer c.Close()
	}
	after, err := tcpstate.ReadCounters(server.NS)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range tcpstate.Diff(before, after) {
		if c.Name == "Tcp.PassiveOpens" {
			fmt.Println(c)
		}
	}
	// Output:
	// LISTEN 10.99.0.2
	// Tcp.PassiveOpens +1
}
