package sniff

import (
	"context"
	"io"
	"time"

	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// Limits say when Run ends by itself.
type Limits struct {
	Count   int           // packets, 0: no limit
	Timeout time.Duration // since the start, 0: no limit
}

const (
	// batchSize is how many packets are handed over at once at most: enough that
	// locks and look-ups cost nothing per packet.
	batchSize = 256
	// patience bounds how long packets from before the end are still handed over
	// after an interrupt, if whoever gets them is slow.
	patience = 250 * time.Millisecond
)

// Sniff captures until each returns false, a limit is reached or ctx is done,
// none of which is an error. started, if given, is called when the capture is on.
func Sniff(ctx context.Context, o Options, lim Limits, started func() error, each func(*layers.Packet) (bool, error)) (Stats, error) {
	c, err := Open(o)
	if err != nil {
		return Stats{}, err
	}
	defer c.Close()
	if started != nil {
		if err := started(); err != nil {
			return Stats{}, err
		}
	}
	return Run(ctx, c, lim, each)
}

// Run gives each packet of src to each until it returns false, a limit is reached,
// src ends or ctx is done, and returns the counts at that moment.
func Run(ctx context.Context, src Source, lim Limits, each func(*layers.Packet) (bool, error)) (Stats, error) {
	n := 0
	return RunBatches(ctx, src, lim.Timeout, func(ps []*layers.Packet) (bool, error) {
		for _, p := range ps {
			n++
			more, err := each(p)
			if err != nil || !more || n == lim.Count {
				return false, err
			}
		}
		return true, nil
	})
}

// RunBatches gives src's packets to each, as many at a time as there are, until it
// returns false, timeout (0: none) has passed, src ends or ctx is done. The slice
// is each's until it returns. The counts are those of that moment.
//
// What came before the end is given even if the kernel hands it over later; but
// when ctx ends it and each is slow, what it does not manage within a quarter of a
// second is left, and counted as Stats.Unread.
func RunBatches(ctx context.Context, src Source, timeout time.Duration, each func([]*layers.Packet) (more bool, err error)) (Stats, error) {
	r := run[*layers.Packet]{read: src.Read, stats: src.Stats, user: ctx, buf: make([]*layers.Packet, batchSize), nanos: nanosOf}
	if l, ok := src.(lingerer); ok {
		r.linger = l.linger
	}
	if f, ok := src.(flusher); ok {
		r.flush = f.flush
	}
	return r.do(timeout, each)
}

// RunRecords is RunBatches for the records of a capture: their bytes are each's until it
// returns, as is the slice.
func RunRecords(ctx context.Context, c *Capture, timeout time.Duration, each func([]pcapfile.Record) (more bool, err error)) (Stats, error) {
	r := run[pcapfile.Record]{read: c.ReadRecords, stats: c.Stats, linger: c.linger, user: ctx, buf: make([]pcapfile.Record, batchSize),
		nanos: func(rec pcapfile.Record) int64 { return rec.Nanos }}
	return r.do(timeout, each)
}

// nanosOf is when a packet was captured, 0 if it was not.
func nanosOf(p *layers.Packet) int64 {
	if p.Meta == nil {
		return 0
	}
	return p.Meta.Time.UnixNano()
}

// A lingerer is a source whose packets may reach the reader some time after they
// came; linger is the longest that takes.
type lingerer interface{ linger() time.Duration }

// A flusher holds packets back that are to be given when the reader has enough.
type flusher interface {
	flush() ([]*layers.Packet, error)
}

// run is one run over packets or records.
type run[T any] struct {
	read   func(context.Context, []T) (int, error)
	stats  func() (Stats, error)
	linger func() time.Duration // nil: what is read was there at once
	flush  func() ([]T, error)  // nil: nothing is held back
	nanos  func(T) int64
	user   context.Context // without the timeout
	buf    []T
	given  uint64 // of what the source gave
	left   bool   // gave up on packets that came before the end
}

func (r *run[T]) do(timeout time.Duration, each func([]T) (bool, error)) (Stats, error) {
	ctx := r.user
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	more, err := r.until(ctx, each)
	if r.flush != nil && more && err == nil {
		var rest []T
		if rest, err = r.flush(); len(rest) > 0 {
			if _, e := each(rest); e != nil {
				err = e
			}
		}
	}
	st, e := r.stats()
	if err == nil {
		err = e
	}
	if r.left {
		st.Unread = st.Received - min(st.Received, r.given)
	}
	return st, err
}

// until reads until ctx is done, the source ends or each has enough: more is then false.
func (r *run[T]) until(ctx context.Context, each func([]T) (bool, error)) (more bool, err error) {
	for ctx.Err() == nil {
		n, err := r.read(ctx, r.buf)
		if err == io.EOF {
			return true, nil
		}
		if err != nil && ctx.Err() == nil {
			return true, err
		}
		if more, err := r.give(r.buf[:n], each); err != nil || !more {
			return false, err
		}
	}
	if r.linger == nil {
		return true, nil
	}
	end := time.Now()
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.linger())
	defer cancel()
	for {
		n, err := r.read(rest, r.buf)
		if err != nil {
			return true, nil // mostly rest's end; what went wrong after the end is of no interest
		}
		late := n
		for late > 0 && r.nanos(r.buf[late-1]) > end.UnixNano() {
			late--
		}
		if more, err := r.give(r.buf[:late], each); err != nil || !more {
			return false, err
		}
		if late < n {
			r.given += uint64(n - late)
			return true, nil
		}
		if r.user.Err() != nil && time.Since(end) > patience {
			r.left = true
			return true, nil
		}
	}
}

func (r *run[T]) give(batch []T, each func([]T) (bool, error)) (bool, error) {
	if len(batch) == 0 {
		return true, nil
	}
	r.given += uint64(len(batch))
	more, err := each(batch)
	clear(batch)
	return more, err
}
