package sniff_test

import (
	"context"
	"fmt"
	"testing"

	"pktsh/layers"
	"pktsh/sniff"
)

// twice is a session that gives each packet twice, and one more at the end.
type twice struct{ last *layers.Packet }

func (s *twice) Take(p *layers.Packet, yield func(*layers.Packet) bool) error {
	s.last = p
	if yield(p) {
		yield(p)
	}
	return nil
}

func (s *twice) Flush(yield func(*layers.Packet) bool) error {
	yield(s.last)
	return nil
}

func TestSession(t *testing.T) {
	ps := []*layers.Packet{layers.Dissect(layers.IP, datagram(1)), layers.Dissect(layers.IP, datagram(2)), layers.Dissect(layers.IP, datagram(3))}
	for _, enough := range []int{0, 4} {
		src, err := sniff.FromPackets(ps, "udp dst port 9")
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		_, err = sniff.Run(context.Background(), sniff.WithSession(src, &twice{}), sniff.Limits{Count: enough}, func(p *layers.Packet) (bool, error) {
			got = append(got, numberIn(p.Data()))
			return true, nil
		})
		want := "[1 1 2 2 3 3 3]"
		if enough > 0 {
			want = "[1 1 2 2]"
		}
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("got %v, %v; want %s", got, err, want)
		}
	}
}
