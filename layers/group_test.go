package layers

import (
	"fmt"
	"testing"
)

// A port that stands for a group sends there until a destination is set.
func TestUnsetDestinationIsGroup(t *testing.T) {
	for _, c := range []struct {
		lower     *Proto
		port      uint64
		want, mac string
	}{
		{IP, 5353, "224.0.0.251", "01:00:5e:00:00:fb"},
		{IPv6, 5353, "ff02::fb", "33:33:00:00:00:fb"},
		{IP, 1985, "224.0.0.2", "01:00:5e:00:00:02"},
		{IPv6, 2029, "ff02::66", "33:33:00:00:00:66"},
		{IP, 5354, "127.0.0.1", "ff:ff:ff:ff:ff:ff"},
		{IP, 2029, "127.0.0.1", "ff:ff:ff:ff:ff:ff"},
	} {
		b, err := stackOf(t, Ether, c.lower, UDP, "dport", c.port).Build()
		if err != nil {
			t.Fatal(err)
		}
		p := Dissect(Ether, b)
		if got, mac := fmt.Sprint(p.At(1).Value(c.lower.Index("dst"))), fmt.Sprint(p.At(0).Value(0)); got != c.want || mac != c.mac {
			t.Errorf("%s to port %d: got %s at %s, want %s at %s", c.lower.Name, c.port, got, mac, c.want, c.mac)
		}
	}
	p := stackOf(t, IP, "dst", "10.0.0.1", UDP, "dport", uint64(5353))
	if got := fmt.Sprint(p.At(0).Value(ipDst)); got != "10.0.0.1" {
		t.Errorf("set to 10.0.0.1: got %s", got)
	}
}

// A set of ports has each packet go where its own port says.
func TestTemplateGroups(t *testing.T) {
	for _, lower := range []*Proto{IP, IPv6} {
		sameAsExpand(t, stackOf(t, Ether, lower, UDP, "dport", Choice{uint64(5352), uint64(5353), uint64(5354)}), 3)
	}
}
