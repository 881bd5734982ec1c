package sendrecv

import (
	"context"
	"slices"
	"sync"
	"time"

	"pktsh/sniff/packetsock"
)

// An ear receives on one interface. Ears are kept open between calls.
type ear struct {
	key    earKey
	sock   *packetsock.Sock // few frames, little delay
	ring   *packetsock.Ring // many frames
	buf    []byte           // sock's
	before uint64           // frames dropped before this call
	after  uint64           // and when the last call gave it back

	mu     sync.Mutex
	busy   bool              // a call uses it
	filter packetsock.Filter // in place
	used   time.Time         // when a call gave it back
	timer  *time.Timer       // makes an idle ear deaf; nil while it is not to
}

// earKey is what kept ears are found by.
type earKey struct {
	ifindex int
	many    bool
}

// Sizes of the ring: 8 MiB, handed over every 2 ms at the latest.
const (
	ringBlock  = 128 << 10
	ringBlocks = 64
	ringRetire = 2 * time.Millisecond
	sockBuffer = 8 << 20
)

// idleAfter is how long an ear that no call uses goes on filtering for the last
// one: attaching a filter takes the kernel longer than a probe and its answer, and the
// next call is often like the last.
const idleAfter = 500 * time.Millisecond

// listen takes an ear that hears what filter lets through, from now on.
func (e *Engine) listen(key earKey, promisc bool, filter packetsock.Filter) (*ear, error) {
	if r := e.takeIdle(key, promisc); r != nil {
		if err := r.wake(filter); err == nil {
			return r, nil
		}
		packetsock.CloseLater(r) // its interface may have gone: a new one says why
	}
	r := &ear{key: key, filter: slices.Clone(filter), busy: true}
	var err error
	if key.many {
		r.ring, err = packetsock.OpenRing(packetsock.RingConfig{NS: e.ns, Ifindex: key.ifindex, Filter: filter, IgnoreOutgoing: true,
			Promisc: promisc, BlockSize: ringBlock, Blocks: ringBlocks, Retire: ringRetire})
	} else {
		r.sock, err = packetsock.OpenSock(packetsock.SockConfig{NS: e.ns, Ifindex: key.ifindex, Filter: filter, IgnoreOutgoing: true,
			Promisc: promisc, RecvBuffer: sockBuffer})
		r.buf = make([]byte, 64<<10)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// takeIdle is a kept ear. One that is to be promiscuous is never kept: the
// interface would stay so.
func (e *Engine) takeIdle(key earKey, promisc bool) *ear {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.idle[key]
	if promisc || len(list) == 0 {
		return nil
	}
	r := list[len(list)-1]
	e.idle[key] = list[:len(list)-1]
	return r
}

// release gives an ear back, and tells how many frames the kernel had no room for in this call.
func (e *Engine) release(r *ear, promisc bool) (dropped uint64) {
	dropped = r.dropped()
	r.after = r.before + dropped
	e.mu.Lock()
	defer e.mu.Unlock()
	if promisc || e.closed {
		packetsock.CloseLater(r)
		return dropped
	}
	r.mu.Lock()
	r.busy, r.used = false, time.Now()
	if r.timer == nil {
		r.timer = time.AfterFunc(idleAfter, r.sleep)
	}
	r.mu.Unlock()
	e.idle[r.key] = append(e.idle[r.key], r)
	return dropped
}

// wake readies a kept ear: nothing that it heard for earlier calls is left, but
// for what stands in a ring's open block, which is known by its time.
func (r *ear) wake(filter packetsock.Filter) error {
	r.mu.Lock()
	r.busy = true
	r.mu.Unlock()
	if err := r.setFilter(filter); err != nil {
		return err
	}
	if r.sock != nil {
		if found, err := r.sock.Drain(); err != nil || !found {
			r.before = r.after // what dropped a frame since then would have left others
			return err
		}
	} else {
		for r.ring.Buffered() {
			if _, err := r.ring.Next(context.Background()); err != nil {
				return err
			}
		}
	}
	st, err := r.stats()
	r.before = st.Dropped
	return err
}

// sleep makes an ear deaf that has been idle long enough. The timer runs on while calls take the ear and
// give it back: setting it anew for each wakes the thread that watches the timers. An
// error is that of a closed socket.
func (r *ear) sleep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := idleAfter - time.Since(r.used)
	switch {
	case r.busy:
		r.timer = nil
	case left > 0:
		r.timer.Reset(left)
	default:
		r.timer = nil
		_ = r.attach(packetsock.Reject)
	}
}

// stop is for an ear that is closed.
func (r *ear) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
}

func (r *ear) setFilter(f packetsock.Filter) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attach(f)
}

// attach attaches a filter unless it is there. The lock is held.
func (r *ear) attach(f packetsock.Filter) error {
	if slices.Equal(f, r.filter) {
		return nil
	}
	var err error
	if r.sock != nil {
		err = r.sock.SetFilter(f)
	} else {
		err = r.ring.SetFilter(f)
	}
	if err == nil {
		r.filter = slices.Clone(f)
	}
	return err
}

// next is the next frame; its data is valid until the next call.
func (r *ear) next(ctx context.Context) (packetsock.Frame, error) {
	if r.sock != nil {
		return r.sock.Recv(ctx, r.buf)
	}
	return r.ring.Next(ctx)
}

// straggle is how long rest goes on where frames keep coming in. Not at all would be too short:
// frames that came in before the kernel began to time them, which it does some milliseconds after the
// first socket asked for it (net_enable_timestamp), have the time at which they are read.
const straggle = int64(100 * time.Millisecond)

// rest gives f the frames that were received before a moment, or little later, and wait to be read.
func (r *ear) rest(until int64, give func(f *packetsock.Frame)) {
	for {
		var f packetsock.Frame
		ok, err := false, error(nil)
		if r.sock != nil {
			f, ok, err = r.sock.TryRecv(r.buf)
		} else if ok = r.ring.Buffered(); ok {
			f, err = r.ring.Next(context.Background())
		}
		if !ok || err != nil || f.Time > until+straggle {
			return
		}
		give(&f)
	}
}

// lag is how long a frame may take to reach next.
func (r *ear) lag() time.Duration {
	if r.ring != nil {
		return r.ring.Retire() + time.Millisecond
	}
	return 0
}

func (r *ear) stats() (packetsock.Stats, error) {
	if r.sock != nil {
		return r.sock.Stats()
	}
	return r.ring.Stats()
}

// dropped is how many frames the kernel had no room for in this call so far.
func (r *ear) dropped() uint64 {
	st, err := r.stats()
	if err != nil {
		return 0
	}
	return st.Dropped - r.before
}

// Close closes its socket.
func (r *ear) Close() error {
	if r.sock != nil {
		return r.sock.Close()
	}
	return r.ring.Close()
}
