package sendrecv

import (
	"context"
	"runtime"

	"pktsh/sniff/packetsock"
)

// block is how many frames in a row a thread takes.
const block = 1024

// take hands out frame numbers from..from+n; n is 0 when there are no more.
func (f *flood) take() (from, n uint64) {
	for {
		from = f.taken.Load()
		if n = min(block, f.total-from); n == 0 || f.taken.CompareAndSwap(from, from+n) {
			return from, n
		}
	}
}

// work is thread i by sockets.
func (f *flood) work(ctx context.Context, i int) error {
	tx, done, err := f.transmitter(ctx, i)
	if err != nil {
		return err
	}
	defer done()
	return f.pump(ctx, i, tx, batchSize)
}

// pump has thread i send, up to batch frames at once, until all are taken or ctx is done.
func (f *flood) pump(ctx context.Context, i int, tx packetsock.Transmitter, batch int) error {
	pace := newCadence(&f.o, f.src, i, max(f.o.Threads, 1))
	if pace != nil {
		// For good: the thread's timers are changed. Others are not locked, for a locked goroutine that is
		// preempted, every 10 ms, has to be handed on from thread to thread twice.
		runtime.LockOSThread()
		exactWaits()
		defer func() {
			f.mu.Lock()
			f.result.Lagged += pace.Lagged
			f.mu.Unlock()
		}()
	}
	r := f.src.open(batch)
	room := make([][]byte, batch)
	for {
		from, left := f.take()
		if left == 0 {
			return nil
		}
		r.seek(from)
		for left > 0 {
			frames := room[:min(uint64(batch), left)]
			left -= uint64(len(frames))
			if err := r.read(frames); err != nil {
				return err
			}
			for len(frames) > 0 {
				n := len(frames)
				if pace != nil {
					if n = pace.turn(ctx, frames); n == 0 {
						return ctx.Err()
					}
				}
				sent, err := tx.SendBatch(ctx, frames[:n])
				f.count(frames[:sent])
				if err != nil {
					return err
				}
				frames = frames[n:]
			}
		}
	}
}

func (f *flood) count(frames [][]byte) {
	bytes := 0
	for _, b := range frames {
		bytes += len(b)
	}
	f.sent.Add(uint64(len(frames)))
	f.bytes.Add(uint64(bytes))
}

// retried adds what a transmitter had to offer again.
func (f *flood) retried(tx interface{ TxStats() (sent, retries uint64) }, before uint64) {
	_, n := tx.TxStats()
	f.mu.Lock()
	f.result.Retried += n - before
	f.mu.Unlock()
}
