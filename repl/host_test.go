package repl

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"pktsh/sniff/filter"
)

// A name in a filter stands for all its addresses; one that nobody knows is an error with its place.
func TestHostNamesInFilters(t *testing.T) {
	var out strings.Builder
	s := New(Options{Stdout: &out, Stderr: io.Discard})
	defer s.Close()
	filter.LookupHost = func(name string) ([]netip.Addr, error) {
		if name != "a.example" {
			return nil, errors.New("no such host")
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::1")}, nil
	}
	defer func() { filter.LookupHost = lookupHosts }()
	err := s.Run(t.Context(), "<test>", `
pkts = PacketList([Ether()/IP(src="10.0.0.3", dst="10.0.0.%d" % i)/UDP() for i in range(1, 4)] + [Ether()/IPv6(src="2001:db8::1", dst="2001:db8::2")/UDP()])
print([p.match("host a.example") for p in pkts], [p.match("src a.example") for p in pkts], [p.match("ip host a.example") for p in pkts])
try:
    pkts[0].match("udp and host b.example")
except ValueError as e:
    print(e)
`)
	want := `[True, True, False, True] [False, False, False, True] [True, True, False, False]
filter "udp and host b.example": at "b.example": looking up "b.example": no such host
`
	if err != nil || out.String() != want {
		t.Errorf("%v\n got %s\nwant %s", err, out.String(), want)
	}
}
