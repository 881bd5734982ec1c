package firewall_test

import (
	"errors"
	"fmt"
	"log"
	"net/netip"

	"pktsh/firewall"
)

// Guard one connection, or say what to do instead.
func Example() {
	t := firewall.Tuple{
		Local:  netip.MustParseAddrPort("192.0.2.1:40000"),
		Remote: netip.MustParseAddrPort("192.0.2.2:80"),
	}
	guard, err := firewall.Open(nil)
	var no *firewall.UnavailableError
	if errors.As(err, &no) {
		fmt.Println(no)
		fmt.Println(no.Hint(t))
		return
	} else if err != nil {
		log.Fatal(err)
	}
	defer guard.Close()
	release, err := guard.Protect(t.Local, t.Remote)
	if err != nil {
		log.Fatal(err)
	}
	defer release()
	// … craft the SYN, and read the SYN-ACK in peace …
}

func ExampleIptables() {
	fmt.Println(firewall.Iptables(firewall.Tuple{
		Local:  netip.MustParseAddrPort("[2001:db8::1]:40000"),
		Remote: netip.MustParseAddrPort("[2001:db8::2]:80"),
	}))
	// Output: ip6tables -A OUTPUT -p tcp --tcp-flags RST RST -s 2001:db8::1 --sport 40000 -d 2001:db8::2 --dport 80 -j DROP
}
