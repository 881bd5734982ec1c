package packetsock

import (
	"testing"
	"time"
)

// A frame's transmit stamp lies between the clock before the call and the clock behind it.
func TestSendStamped(t *testing.T) {
	w := newWire(t)
	tx, err := OpenSock(SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	must(t, err)
	defer CloseLater(tx)
	frame := numbered(1, 60)
	for range 3 {
		before := time.Now().UnixNano()
		at, err := tx.SendStamped(t.Context(), frame)
		if err != nil {
			t.Fatal(err)
		}
		if now := time.Now().UnixNano(); at < before || at > now {
			t.Errorf("stamped %d, between %d and %d", at, before, now)
		}
	}
	if sent, _ := tx.TxStats(); sent != 3 {
		t.Errorf("%d sent", sent)
	}
}
