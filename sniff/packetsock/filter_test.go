package packetsock

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"
)

// onlyNumbers takes the frames that numbered makes with n.
func onlyNumber(n uint32) Filter {
	return Filter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 14},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: n, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
}

// Nothing unfiltered gets in while the socket is opened, though the link is busy.
func TestFilterBeforeBind(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		frames := [][]byte{numbered(1, 60), numbered(2, 60), numbered(1, 60), numbered(1, 60)}
		for {
			select {
			case <-stop:
				return
			default:
				tx.SendBatch(context.Background(), frames)
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		for range 5 {
			r := open(RingConfig{NS: w.b, Ifindex: w.ib, Filter: onlyNumber(2)})
			for range 20 {
				f, err := r.next(within(t))
				must(t, err)
				if number(f.Data) != 2 {
					t.Fatalf("frame %d got past the filter", number(f.Data))
				}
			}
		}
	})
}

// A kept socket is handed from one user to the next without frames of the old one.
func TestDrainBetweenFilters(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	s := openSock(t, SockConfig{NS: w.b, Ifindex: w.ib, Filter: onlyNumber(1)})
	buf := make([]byte, 2000)
	for range 10 {
		must(t, tx.Send(t.Context(), numbered(1, 60)))
	}
	must(t, s.SetFilter(Reject))
	must(t, tx.Send(t.Context(), numbered(2, 60)))
	if found, err := s.Drain(); !found || err != nil {
		t.Errorf("found frames: %t, %v", found, err)
	}
	must(t, s.SetFilter(onlyNumber(3)))
	if f, ok, err := s.TryRecv(buf); ok || err != nil {
		t.Fatalf("%v, %v", f, err)
	}
	must(t, tx.Send(t.Context(), numbered(3, 60)))
	f, err := s.Recv(within(t), buf)
	must(t, err)
	if number(f.Data) != 3 {
		t.Errorf("frame %d, want 3", number(f.Data))
	}
}
