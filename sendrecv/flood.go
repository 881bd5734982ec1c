package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"pktsh/layers"
)

// A Way is how frames are handed to the kernel.
type Way string

// Ways, the slower ones first. What leaves by others than WaySocket and WayClone passes by this host's
// queueing disciplines, its firewall, and captures on its own interface.
const (
	WayAuto   Way = ""
	WaySocket Way = "mmsg"   // packet sockets, sendmmsg(2): everywhere
	WayDirect Way = "direct" // packet sockets, past the queueing discipline (PACKET_QDISC_BYPASS)
	WayXDP    Way = "xdp"    // AF_XDP: one thread for each queue of an Ethernet interface
	WayLive   Way = "live"   // XDP live frames: few different frames, unpaced, as root, where the driver takes them
	WayClone  Way = "clone"  // a BPF program that clones frames to the interface: as root, on veth
)

// FloodOptions of one call. The zero value sends everything once, as fast as it goes.
type FloodOptions struct {
	Iface string // as in Options. Optional.

	Rounds int  // send the whole sequence so often; 0: once
	Loop   bool // send it until the context is done

	// The pace; without any of these there is none. With several the slowest holds.
	PPS   float64 // packets a second
	Mbps  float64 // 10^6 bits of frame a second
	Speed float64 // as the packets' own times lie apart, so many times as fast

	Threads int // that send, 0: one. More than one mix the order. Optional.
	Way     Way // WayAuto: the fastest that works and has a point. Optional.

	// Progress is called some times a second. It must return soon. Optional.
	Progress func(FloodResult)
}

// FloodResult is what became of a call. It holds also when there is an error.
type FloodResult struct {
	Sent    uint64        // frames that left
	Bytes   uint64        // in them
	Retried uint64        // times that a frame was refused for want of room, and offered again
	Lagged  time.Duration // by which the pace was missed, and not made up for
	Took    time.Duration
	Way     string      // the ways taken, such as "xdp+direct"
	Notes   []string    // why others were not; what the kernel changes
	Errors  []SendError // packets that cannot be sent
}

// Flood sends IP and IPv6 packets where the routes lead, as Send does, but many times and
// by the fastest way. Sets of packets are walked as often as Rounds and Loop say; their
// next hops and addresses are looked up once. The caller has to know that the
// receiver wants this.
func (e *Engine) Flood(ctx context.Context, list []*layers.Packet, o FloodOptions) (FloodResult, error) {
	return e.flood(ctx, list, o, false)
}

// FloodP is Flood for link-layer frames, on one interface.
func (e *Engine) FloodP(ctx context.Context, list []*layers.Packet, o FloodOptions) (FloodResult, error) {
	return e.flood(ctx, list, o, true)
}

func (e *Engine) flood(ctx context.Context, list []*layers.Packet, o FloodOptions, l2 bool) (FloodResult, error) {
	f := &flood{e: e, o: o}
	v := e.newEnv(ctx, o.Iface)
	pl, err := e.newPlanner(v, l2, f.note, func(hop) bool { return false })
	if err != nil {
		return FloodResult{}, err
	}
	c := &compiler{ctx: ctx, pl: pl, timed: o.Speed > 0, again: o.Loop || o.Rounds > 1}
	src, err := c.compile(list)
	f.result.Errors = c.errors
	if err == errNotFrames {
		return f.packets(ctx, list, l2)
	}
	if err == nil {
		err = newProtector(e.cfg.Guard, v).coverSets(list)
	}
	if err != nil {
		return f.result, err
	}
	return f.run(ctx, src)
}

// flood is one call at work.
type flood struct {
	e   *Engine
	o   FloodOptions
	src *frameSource

	total uint64        // frames to send; math.MaxUint64: without end
	taken atomic.Uint64 // frames handed out to threads
	sent  atomic.Uint64
	bytes atomic.Uint64

	mu     sync.Mutex // for what follows
	result FloodResult
	ways   []Way
}

// run sends frames.
func (f *flood) run(ctx context.Context, src *frameSource) (FloodResult, error) {
	f.src = src
	f.total = math.MaxUint64
	if !f.o.Loop {
		n := new(big.Int).Mul(new(big.Int).SetUint64(src.size), big.NewInt(int64(max(f.o.Rounds, 1))))
		if !n.IsUint64() || n.Uint64() == math.MaxUint64 {
			return f.result, fmt.Errorf("send: got %s packets, want fewer than 2^64: use loop=1", n)
		}
		f.total = n.Uint64()
	}
	began := time.Now()
	stop := f.report(began)
	err := f.send(ctx)
	stop()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	return f.snapshot(began), err
}

func (f *flood) send(ctx context.Context) error {
	cloners, why := f.cloners()
	if why != nil {
		f.notTaken(WayClone, why)
		if f.o.Way == WayClone {
			return fmt.Errorf("mode=%q: %w", WayClone, why)
		}
		if done, err := f.live(ctx); done || err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for i := range max(f.o.Threads, 1) {
		wg.Go(func() {
			var err error
			if cloners != nil {
				err = f.clone(ctx, i, cloners[i])
			} else {
				err = f.work(ctx, i)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// report tells of progress until it is stopped.
func (f *flood) report(began time.Time) (stop func()) {
	if f.o.Progress == nil {
		return func() {}
	}
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		t := time.NewTicker(4 * tellEvery)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				f.o.Progress(f.snapshot(began))
			case <-end:
				return
			}
		}
	})
	return func() { close(end); wg.Wait() }
}

func (f *flood) snapshot(began time.Time) FloodResult {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.result
	r.Sent, r.Bytes, r.Took = f.sent.Load(), f.bytes.Load(), time.Since(began)
	for _, w := range []Way{WayClone, WayLive, WayXDP, WayDirect, WaySocket} {
		if slices.Contains(f.ways, w) {
			r.Way = strings.TrimPrefix(r.Way+"+"+string(w), "+")
		}
	}
	return r
}

func (f *flood) note(s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.result.Notes, s) {
		f.result.Notes = append(f.result.Notes, s)
	}
}

// took adds a way to the result.
func (f *flood) took(w Way) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.ways, w) {
		f.ways = append(f.ways, w)
	}
}

// notTaken says why a way was not taken, unless it had no point.
func (f *flood) notTaken(w Way, why error) {
	if f.o.Way == w || why != errNoPoint {
		f.note(fmt.Sprintf("not by %s: %v", w, why))
	}
}

// packets sends what cannot leave as frames, or not from memory: packets to this host itself, and
// sets that are too large and have no template. Send does that, one by one.
func (f *flood) packets(ctx context.Context, list []*layers.Packet, l2 bool) (FloodResult, error) {
	if f.o.Way != WayAuto && f.o.Way != WaySocket {
		return f.result, fmt.Errorf("mode=%q: packets to this host itself, and large sets over several next hops, are sent one by one", f.o.Way)
	}
	if f.o.Speed > 0 {
		return f.result, errors.New("send at the packets' own times: packets to this host itself, and large sets over several next hops, have none")
	}
	began := time.Now()
	o := Options{Iface: f.o.Iface, Count: f.o.Rounds, Loop: f.o.Loop, PPS: f.o.PPS}
	if f.o.Mbps > 0 {
		b, err := list[0].Build()
		if err != nil {
			return f.result, err
		}
		if pps := f.o.Mbps * 1e6 / 8 / float64(max(len(b), 1)); o.PPS == 0 || pps < o.PPS {
			o.PPS = pps
		}
	}
	if f.o.Progress != nil {
		o.Progress = func(p Progress) {
			f.o.Progress(FloodResult{Sent: uint64(p.Sent), Took: time.Since(began), Way: "packets"})
		}
	}
	send := f.e.Send
	if l2 {
		send = f.e.SendP
	}
	res, err := send(ctx, expand(list), o)
	return FloodResult{Sent: uint64(res.Sent), Retried: res.Requeued, Took: time.Since(began), Way: "packets", Notes: res.Notes, Errors: res.Errors}, err
}
