package sendrecv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// hearing is an ear at work for one call.
type hearing struct {
	*ear
	ifname string
	who    audience
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// hear makes sure that answers to what is about to leave are received.
func (x *exchange) hear(list []*probe) error {
	changed := map[int]*hearing{}
	for _, p := range list {
		h := x.ears[p.ifindex]
		if h == nil {
			h = &hearing{ifname: p.ifname, who: audience{loose: x.o.Lax.AnyAddr, all: x.o.NoFilter}}
			x.ears[p.ifindex] = h
		}
		if h.who.add(p.departure, x.l2) {
			changed[p.ifindex] = h
		}
	}
	for ifindex, h := range changed {
		program := h.who.program()
		if h.ear != nil {
			if err := h.setFilter(program); err != nil {
				return err
			}
			continue
		}
		var err error
		if h.ear, err = x.e.listen(earKey{ifindex, x.many}, x.o.Promisc, program); err != nil {
			return err
		}
		x.lag = max(x.lag, h.lag())
		var ctx context.Context
		// Not the call's: what was received is looked at even when it is cancelled.
		ctx, h.cancel = context.WithCancel(context.Background())
		h.wg.Go(func() { x.listen(ctx, h) })
	}
	return nil
}

// closeEars ends receiving and counts what was lost.
func (x *exchange) closeEars() {
	for _, h := range x.ears {
		if h.ear == nil {
			continue
		}
		h.cancel()
		h.wg.Wait()
		h.rest(time.Now().UnixNano(), func(f *packetsock.Frame) { x.frame(h, f) })
		x.result.Dropped += h.dropped()
		x.e.release(h.ear, x.o.Promisc)
	}
}

// listen looks at what is received until ctx is done.
func (x *exchange) listen(ctx context.Context, h *hearing) {
	for {
		f, err := h.next(ctx)
		switch {
		case err == nil:
			x.frame(h, &f)
			continue
		case errors.Is(err, packetsock.ErrInterfaceDown):
			if err = x.e.comesUp(ctx, h.key.ifindex); err == nil {
				continue
			}
		}
		if ctx.Err() == nil {
			x.mu.Lock()
			x.failed = fmt.Errorf("receive answers: %w", err)
			x.end()
			x.mu.Unlock()
		}
		return
	}
}

// comesUp waits for an interface that went down. The error is that it is gone for
// good, of which packet sockets say nothing (packet_notifier, net/packet/af_packet.c).
func (e *Engine) comesUp(ctx context.Context, ifindex int) error {
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	for {
		l, err := e.table.LinkByIndex(ifindex)
		if err != nil || l.Up {
			return err
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// frame looks for the probe that a frame answers.
func (x *exchange) frame(h *hearing, f *packetsock.Frame) {
	if f.Time < x.started {
		return // it was waiting in a kept ear
	}
	x.frameMu.Lock()
	defer x.frameMu.Unlock()
	p := fromFrame(f, x.l2)
	if p == nil {
		return
	}
	if p = x.parts.add(p); p == nil || x.match != nil && !x.match.Match(p.Data(), p.Meta.WireLen) {
		return
	}
	p.Meta.Iface = h.ifname

	x.mu.Lock()
	x.result.Seen++
	over := x.over && (x.o.First || x.o.Stop != nil)
	x.mu.Unlock()
	if over {
		return // the call asked for no more
	}
	stop := x.o.Stop != nil && x.o.Stop(p)
	query := x.pair(p)
	if x.o.Seen != nil {
		x.o.Seen(query != nil)
	}
	if query != nil && x.o.Prn != nil {
		x.o.Prn(query, p)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if stop || query != nil && x.o.First {
		x.end()
	}
	x.settle()
}

// pair finds what p answers and records it; nil is nothing, or nothing new.
func (x *exchange) pair(p *layers.Packet) *layers.Packet {
	x.mu.Lock()
	defer x.mu.Unlock()
	pr, rivals := x.known.find(p)
	if pr == nil {
		return nil
	}
	if pr.answered && !x.o.Multi {
		x.result.Extra++
		return nil
	}
	if !pr.answered {
		pr.answered = true
		x.open--
		x.known.settle(pr, !x.keepsProbes())
		rivals += x.e.latecomers(p, pr)
	}
	x.result.Matched++
	if rivals > 0 {
		x.result.Ambiguous++
	}
	if !x.o.Streaming {
		x.result.Answered = append(x.result.Answered, Pair{Query: pr.p, Answer: p, Rivals: rivals})
	}
	return pr.p
}

// fromFrame is what was received as the layer of the probes: the IP packet
// inside for layer 3, the frame for layer 2. nil is something else.
func fromFrame(f *packetsock.Frame, l2 bool) *layers.Packet {
	ether := f.HardwareType == packetsock.HardwareEther || f.HardwareType == packetsock.HardwareLoopback
	data, proto := f.Data, layers.Ether
	if !l2 || !ether {
		if ether {
			if len(data) < etherLen || binary.BigEndian.Uint16(data[12:]) != f.Protocol {
				return nil // too short, or in a VLAN of its own
			}
			data = data[etherLen:]
		}
		switch {
		case f.Protocol == etherIPv4:
			proto = layers.IP
		case f.Protocol == etherIPv6:
			proto = layers.IPv6
		default:
			return nil
		}
	}
	p := layers.Dissect(proto, bytes.Clone(data))
	p.Meta = &layers.Meta{Time: f.When(), WireLen: f.WireLen - len(f.Data) + len(data), Direction: layers.DirIn}
	return p
}
