package packetsock

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
)

func TestCloseUnblocks(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		got := make(chan error, 1)
		go func() {
			_, err := r.next(context.Background())
			got <- err
		}()
		runtime.Gosched()
		must(t, r.close())
		if err := <-got; !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v, want os.ErrClosed", err)
		}
		if _, err := r.next(t.Context()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: got %v, want os.ErrClosed", err)
		}
		if _, err := r.Stats(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
}

// Close may come at any point of a reader's work.
func TestCloseUnderLoad(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	frames := make([][]byte, 64)
	for i := range frames {
		frames[i] = numbered(uint32(i), 60)
	}
	for range 10 {
		r := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib})
		done := make(chan error)
		go func() {
			for {
				f, err := r.Next(context.Background())
				if err != nil {
					done <- err
					return
				}
				for range f.Data {
				}
			}
		}()
		for range 20 {
			_, err := tx.SendBatch(t.Context(), frames)
			must(t, err)
		}
		must(t, r.Close())
		if err := <-done; !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
	}
}

func TestContextAndDeadline(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})

		done, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.next(done); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
		short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if _, err := r.next(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled while waiting: %v", err)
		}
		must(t, r.setDeadline(time.Now().Add(5*time.Millisecond)))
		if _, err := r.next(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("deadline: %v", err)
		}
		// One set while somebody waits, or is about to.
		must(t, r.setDeadline(time.Now().Add(time.Hour)))
		got := make(chan error, 1)
		go func() {
			_, err := r.next(context.Background())
			got <- err
		}()
		must(t, r.setDeadline(time.Now()))
		if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("deadline of a wait under way: %v", err)
		}
		// Neither outlives its call.
		must(t, r.setDeadline(time.Time{}))
		must(t, tx.Send(t.Context(), numbered(9, 60)))
		f, err := r.next(within(t))
		must(t, err)
		if number(f.Data) != 9 {
			t.Errorf("%+v", f)
		}
	})
}

func TestInterfaceGoesDown(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		got := make(chan error, 1)
		go func() {
			_, err := r.next(within(t))
			got <- err
		}()
		must(t, w.b.Do(func() error {
			l, err := netlink.LinkByName("v0")
			if err == nil {
				err = netlink.LinkSetDown(l)
			}
			return err
		}))
		if err := <-got; !errors.Is(err, ErrInterfaceDown) {
			t.Errorf("while reading: got %v, want ErrInterfaceDown", err)
		}
		_, err := OpenRing(RingConfig{NS: w.b, Ifindex: w.ib})
		if !errors.Is(err, ErrInterfaceDown) || !strings.Contains(err.Error(), "v0") {
			t.Errorf("open: %v", err)
		}
	})
}

type slowCloser struct{ open chan struct{} }

func (c slowCloser) Close() error { <-c.open; return nil }

func TestDrain(t *testing.T) {
	c := slowCloser{make(chan struct{})}
	CloseLater(c)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := Drain(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while closing: %v", err)
	}
	close(c.open)
	must(t, Drain(within(t)))
}
