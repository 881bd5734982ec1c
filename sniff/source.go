package sniff

import (
	"context"
	"io"
	"time"

	"pktsh/layers"
)

// A Source gives packets in the order of their time: a live [Capture], or files.
// One goroutine reads it; Stats and Close may be called from others.
type Source interface {
	// Read puts the next packets into buf and tells how many. It waits for the first
	// only, until ctx is done; packets come with a nil error or none do.
	// io.EOF says that there will be no more.
	Read(ctx context.Context, buf []*layers.Packet) (int, error)
	// Stats counts so far; fields that do not apply to the source are 0.
	Stats() (Stats, error)
	Close() error
}

var _ Source = (*Capture)(nil)

// A Session stands between a source and who looks at the packets: it takes each
// packet and gives those that are to be seen instead, such as datagrams put
// together from their fragments.
type Session interface {
	// Take handles one packet and calls yield for each that comes out, in order,
	// until yield returns false.
	Take(p *layers.Packet, yield func(*layers.Packet) bool) error
	// Flush gives what is still held back when the source has ended.
	Flush(yield func(*layers.Packet) bool) error
}

// through gives the packets of src after they have been through s.
type through struct {
	src  Source
	s    Session
	buf  []*layers.Packet
	out  []*layers.Packet // came out of s, not yet read
	done error            // the source's last word; nil while it goes on
}

// WithSession is src with its packets led through s. What s still holds when src
// ends is given before the end is told. A nil s is src itself.
func WithSession(src Source, s Session) Source {
	if s == nil {
		return src
	}
	return &through{src: src, s: s, buf: make([]*layers.Packet, batchSize)}
}

// Read implements Source.
func (t *through) Read(ctx context.Context, buf []*layers.Packet) (int, error) {
	take := func(p *layers.Packet) bool { t.out = append(t.out, p); return true }
	for len(t.out) == 0 {
		if t.done != nil {
			return 0, t.done
		}
		n, err := t.src.Read(ctx, t.buf)
		if err == io.EOF {
			t.done = io.EOF
			if err := t.s.Flush(take); err != nil {
				t.done = err
			}
			continue
		}
		if err != nil {
			return 0, err
		}
		for _, p := range t.buf[:n] {
			if err := t.s.Take(p, take); err != nil {
				t.done = err
				break
			}
		}
	}
	n := copy(buf, t.out)
	clear(t.out[:n])
	if t.out = t.out[n:]; len(t.out) == 0 {
		t.out = nil
	}
	return n, nil
}

// flush gives what the session holds although the source has not ended: the
// reader has seen enough of it.
func (t *through) flush() ([]*layers.Packet, error) {
	var err error
	if t.done == nil {
		t.done = io.EOF
		err = t.s.Flush(func(p *layers.Packet) bool { t.out = append(t.out, p); return true })
	}
	out := t.out
	t.out = nil
	return out, err
}

func (t *through) linger() time.Duration {
	if l, ok := t.src.(lingerer); ok {
		return l.linger()
	}
	return 0
}

// Stats implements Source.
func (t *through) Stats() (Stats, error) { return t.src.Stats() }

// Close implements Source.
func (t *through) Close() error { return t.src.Close() }
