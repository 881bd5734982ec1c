package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"pktsh/netns"
	"pktsh/sniff/packetsock"
)

// A Side is one of the two interfaces.
type Side uint8

// The sides, in the order of Config.Ifaces.
const (
	One Side = iota
	Two
)

// Other is the side across.
func (s Side) Other() Side { return 1 - s }

// Config says what is joined.
type Config struct {
	NS         *netns.NS // where both interfaces are; nil: the process's own
	Ifaces     [2]string // by name. Required
	RecvBuffer int       // bytes of each kernel buffer, 0: packetsock.DefaultBatchBuffer
}

// A Frame is one frame on its way.
type Frame struct {
	Data []byte    // as on the wire, link header included; the handler's until it returns
	From Side      // where it came in
	Time time.Time // when it did, by the kernel's clock
}

// A Handler decides what becomes of a frame by what it sends: nothing drops it.
// It must not wait, and must not call the Bridge: nothing else is forwarded meanwhile.
type Handler func(f Frame, out *Out)

// Out takes what is to be sent.
type Out struct {
	to   []Side
	data [][]byte
}

// Pass sends the frame on to the other side.
func (o *Out) Pass(f Frame) { o.Send(f.From.Other(), f.Data) }

// Send sends bytes out by a side. They must not change until the handler's next call.
func (o *Out) Send(to Side, data []byte) {
	o.to, o.data = append(o.to, to), append(o.data, data)
}

// A Bridge is two interfaces that are joined while Run runs. It is safe for
// concurrent use.
type Bridge struct {
	ns      *netns.NS
	ends    [2]*end
	handler atomic.Pointer[Handler]
	ctx     context.Context // of sends; done when closed
	cancel  context.CancelFunc
	running atomic.Bool
	loops   *loopWatch

	mu  sync.Mutex // one decision at a time
	out Out
}

// end is one interface.
type end struct {
	name  string
	index int
	rx    *packetsock.Batch
	tx    *packetsock.Sock
	counters
}

// Open joins two interfaces. Frames that come in from now on wait for Run.
func Open(cfg Config) (*Bridge, error) {
	if cfg.Ifaces[0] == cfg.Ifaces[1] {
		return nil, fmt.Errorf("bridge: both sides are %s; a frame would go back where it came from", cfg.Ifaces[0])
	}
	b := &Bridge{ns: cfg.NS, loops: newLoopWatch()}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	for i, name := range cfg.Ifaces {
		e, err := openEnd(cfg, name)
		if err != nil {
			b.Close()
			return nil, fmt.Errorf("bridge: %w", err)
		}
		b.ends[i] = e
	}
	return b, nil
}

func openEnd(cfg Config, name string) (*end, error) {
	var ifc *net.Interface
	err := cfg.NS.Do(func() (err error) {
		ifc, err = net.InterfaceByName(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("interface %q: %w", name, err)
	}
	e := &end{name: name, index: ifc.Index}
	e.rx, err = packetsock.OpenBatch(packetsock.BatchConfig{NS: cfg.NS, Ifindex: ifc.Index, RecvBuffer: cfg.RecvBuffer})
	if err != nil {
		return nil, err
	}
	if hw := e.rx.HardwareType(); hw != packetsock.HardwareEther {
		packetsock.CloseLater(e.rx)
		return nil, fmt.Errorf("%s is no Ethernet interface (ARPHRD %d); only such can be joined", name, hw)
	}
	e.tx, err = packetsock.OpenSock(packetsock.SockConfig{NS: cfg.NS, Ifindex: ifc.Index, TxOnly: true})
	if err != nil {
		packetsock.CloseLater(e.rx)
		return nil, err
	}
	return e, nil
}

// Iface is the name of a side's interface.
func (b *Bridge) Iface(s Side) string { return b.ends[s].name }

// SetHandler puts h in charge of the frames that are forwarded from now on; nil
// passes everything, at the highest rate.
func (b *Bridge) SetHandler(h Handler) {
	if h == nil {
		b.handler.Store(nil)
		return
	}
	b.handler.Store(&h)
}

// Do runs fn between two frames and sends what it gives to out.
func (b *Bridge) Do(fn func(out *Out)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn(&b.out)
	b.flush()
}

// Run forwards until ctx is done, which is no error. An interface that is down
// is waited for; one that is removed, and a loop, end it. It can be run again.
func (b *Bridge) Run(ctx context.Context) error {
	if b.running.Swap(true) {
		return errors.New("bridge: it is running already")
	}
	defer b.running.Store(false)
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var both sync.WaitGroup
	for _, s := range []Side{One, Two} {
		both.Add(1)
		go func() {
			defer both.Done()
			cancel(b.forward(inner, s))
		}()
	}
	both.Wait()
	if err := context.Cause(inner); ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// forward moves the frames that come in on one side.
func (b *Bridge) forward(ctx context.Context, from Side) error {
	e := b.ends[from]
	var whole [][]byte
	var times []int64
	var arena []byte // of segments
	for {
		frames, err := e.rx.Recv(ctx)
		if errors.Is(err, packetsock.ErrInterfaceDown) {
			if err := b.missing(e); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		whole, times, arena = whole[:0], times[:0], arena[:0]
		for i := range frames {
			n := len(whole)
			whole, arena = e.complete(&frames[i], whole, arena)
			for range len(whole) - n {
				times = append(times, frames[i].Time)
			}
		}
		for _, data := range whole {
			if b.loops.roundTrip(from, data) {
				return ErrLoop
			}
		}
		if b.handler.Load() == nil {
			b.send(from.Other(), whole, from)
			continue
		}
		b.mu.Lock()
		for i, data := range whole {
			f := Frame{data, from, time.Unix(0, times[i])}
			if h := b.handler.Load(); h != nil {
				(*h)(f, &b.out)
			} else {
				b.out.Pass(f)
			}
		}
		b.flush()
		b.mu.Unlock()
	}
}

// missing is the error for an interface that is gone, and not merely down: its
// socket would be silent for ever.
func (b *Bridge) missing(e *end) error {
	return b.ns.Do(func() error {
		if _, err := net.InterfaceByIndex(e.index); err != nil {
			return fmt.Errorf("bridge: %s was removed: %w", e.name, err)
		}
		return nil
	})
}

// flush sends what handlers gave, in their order. It needs mu.
func (b *Bridge) flush() {
	o := &b.out
	for i := 0; i < len(o.to); {
		k := i + 1
		for k < len(o.to) && o.to[k] == o.to[i] {
			k++
		}
		b.send(o.to[i], o.data[i:k], o.to[i].Other())
		i = k
	}
	clear(o.data)
	o.to, o.data = o.to[:0], o.data[:0]
}

// send sends frames out by a side. What one frame meets does not keep the next.
func (b *Bridge) send(to Side, frames [][]byte, from Side) {
	e, in := b.ends[to], b.ends[from]
	defer b.probe(to, frames) // after them
	for len(frames) > 0 {
		n, err := e.tx.SendBatch(b.ctx, frames)
		in.forwarded.Add(uint64(n))
		frames = frames[n:]
		if err == nil || len(frames) == 0 {
			continue
		}
		switch {
		case b.ctx.Err() != nil || errors.Is(err, os.ErrClosed):
			in.failed.Add(uint64(len(frames)))
			return
		case errors.Is(err, packetsock.ErrTooBig):
			in.tooBig.Add(1)
		default:
			in.failed.Add(1)
		}
		in.remember(err)
		frames = frames[1:]
	}
}

// probe sends a probe behind frames that leave by a side suspiciously often. One that is lost
// is made up for a second later.
func (b *Bridge) probe(to Side, frames [][]byte) {
	for _, data := range frames {
		if probe := b.loops.leaving(to, data); probe != nil {
			_, _ = b.ends[to].tx.SendBatch(b.ctx, [][]byte{probe})
		}
	}
}

// Close ends Run and lets go of the interfaces.
func (b *Bridge) Close() error {
	b.cancel()
	for _, e := range b.ends {
		if e != nil {
			e.rx.Stats() // the last count stays readable
			packetsock.CloseLater(e.rx)
			packetsock.CloseLater(e.tx)
		}
	}
	return nil
}
