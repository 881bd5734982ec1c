package bridge_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/netns"
	"pktsh/sniff/bridge"
	"pktsh/sniff/packetsock"
)

// broadcast is a frame to all, with tags between its addresses and its type.
func broadcast(tags string) []byte {
	frame := make([]byte, 60)
	copy(frame, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01"+tags+"\x88\xb5")
	return frame
}

// Two ends of one cable, bridged: the first broadcast would go round for ever.
func TestLoop(t *testing.T) {
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	ns, err := netns.New("loop")
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	if err := ns.Do(func() error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = "v0"
		if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "v1"}); err != nil {
			return err
		}
		for _, name := range []string{"v0", "v1"} {
			l, err := netlink.LinkByName(name)
			if err != nil {
				return err
			}
			if err := netlink.LinkSetUp(l); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b, err := bridge.Open(bridge.Config{NS: ns, Ifaces: [2]string{"v0", "v1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.Do(func(out *bridge.Out) {
		out.Send(bridge.One, broadcast("\x81\x00\x00\x05"))
	})
	if err := b.Run(within(t)); !errors.Is(err, bridge.ErrLoop) {
		t.Errorf("Run: %v, want %v", err, bridge.ErrLoop)
	}
}

// Somebody who sends the same broadcast frame as quickly as can be makes no loop.
func TestBroadcastFlood(t *testing.T) {
	m := newMiddle(t)
	tx := sock(t, m.client, packetsock.SockConfig{TxOnly: true})
	flood := slices.Repeat([][]byte{broadcast("")}, 100)
	ctx := within(t)
	for m.Stats()[bridge.One].Forwarded < 30_000 {
		if _, err := tx.SendBatch(ctx, flood); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-m.done:
			m.done <- err
			t.Fatalf("the bridge has ended: %v", err)
		default:
		}
	}
}
