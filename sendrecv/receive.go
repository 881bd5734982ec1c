package sendrecv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// hearing is an ear at work for one call.
type hearing struct {
	*ear
	ifindex int
	details *layers.Details // of what is received
	who     audience
	kinds   []*origin // of what it has heard
	err     error     // what its socket said last

	cancel context.CancelFunc // of its listener; nil while it has none
	wg     sync.WaitGroup
}

// hear makes sure that answers to what is about to leave are received.
func (x *exchange) hear(list []*probe) error {
	var changed []*hearing
	for _, p := range list {
		h := x.ears[p.ifindex]
		if h == nil {
			h = &hearing{ifindex: p.ifindex, details: &layers.Details{Iface: p.ifname}, who: audience{loose: x.o.Lax.AnyAddr, all: x.o.NoFilter}}
			x.ears[p.ifindex] = h
		}
		if (h.who.add(p.departure, x.l2) || h.ear == nil) && !slices.Contains(changed, h) {
			changed = append(changed, h)
		}
	}
	for _, h := range changed {
		program := h.who.program()
		if h.ear != nil {
			if err := h.setFilter(program); err != nil {
				return err
			}
			continue
		}
		var err error
		if h.ear, err = x.e.listen(earKey{h.ifindex, x.many}, x.o.Promisc, program); err != nil {
			return err
		}
		x.lag = max(x.lag, h.lag())
	}
	return nil
}

// attend looks at what is received, after packets have left: answers that are
// there already, as on links inside this host, need nobody to be woken. Rings have listeners at once.
func (x *exchange) attend() {
	if x.many {
		x.delegate()
	}
	for _, h := range x.ears {
		for n := 0; h.cancel == nil && h.err == nil && n < batchSize && !x.isDone(); n++ {
			f, ok, err := h.sock.TryRecv(h.buf)
			if h.err = err; !ok {
				break
			}
			x.frame(h, &f)
		}
	}
}

// delegate has listeners look at what is received from now on, because the sender is about to wait for something else.
func (x *exchange) delegate() {
	for _, h := range x.ears {
		if h.ear == nil || h.cancel != nil || x.isDone() {
			continue
		}
		var ctx context.Context
		// Not the call's: what was received is looked at even when it is cancelled.
		ctx, h.cancel = context.WithCancel(context.Background())
		h.wg.Go(func() { x.listen(ctx, h, time.Time{}) })
	}
}

// waitAlone waits for answers without a listener, if there is but one place where they come in: which spares the hand-over.
func (x *exchange) waitAlone(ctx context.Context) bool {
	if len(x.ears) != 1 {
		return false
	}
	for _, h := range x.ears {
		if h.sock == nil || h.cancel != nil {
			return false
		}
		var until time.Time
		if x.o.Timeout > 0 {
			until = time.Now().Add(x.o.Timeout)
		}
		_ = h.sock.SetReadDeadline(until) // fails only for a closed socket, which says so when it is read
		x.listen(ctx, h, until)
		_ = h.sock.SetReadDeadline(time.Time{})
	}
	return true
}

// closeEars ends receiving and counts what was lost.
func (x *exchange) closeEars() {
	for _, h := range x.ears {
		if h.ear == nil {
			continue
		}
		if h.cancel != nil {
			h.cancel()
			h.wg.Wait()
		}
		h.rest(time.Now().UnixNano(), func(f *packetsock.Frame) { x.frame(h, f) })
		x.result.Dropped += x.e.release(h.ear, x.o.Promisc)
	}
}

// listen looks at what is received until the call or ctx is done, or the time comes that is the socket's deadline.
func (x *exchange) listen(ctx context.Context, h *hearing, until time.Time) {
	for !x.isDone() {
		var f packetsock.Frame
		if h.err == nil {
			f, h.err = h.next(ctx)
		}
		switch {
		case h.err == nil:
			x.frame(h, &f)
		case errors.Is(h.err, packetsock.ErrInterfaceDown):
			h.err = x.e.comesUp(ctx, h.key.ifindex, until)
		case errors.Is(h.err, os.ErrDeadlineExceeded) || ctx.Err() != nil:
			h.err = nil
			return
		default:
			x.mu.Lock()
			x.failed = fmt.Errorf("receive answers: %w", h.err)
			x.end()
			x.mu.Unlock()
			return
		}
	}
}

// comesUp waits, until some time if it is not zero, for an interface that went down. The error may be that it is gone for
// good, of which packet sockets say nothing (packet_notifier, net/packet/af_packet.c).
func (e *Engine) comesUp(ctx context.Context, ifindex int, until time.Time) error {
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	var late <-chan time.Time
	if !until.IsZero() {
		late = time.After(time.Until(until))
	}
	for {
		l, err := e.table.LinkByIndex(ifindex)
		if err != nil || l.Up {
			return err
		}
		select {
		case <-t.C:
		case <-late:
			return os.ErrDeadlineExceeded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// frame looks for the probe that a frame answers.
func (x *exchange) frame(h *hearing, f *packetsock.Frame) {
	if x.started.after(f.Time) {
		return // it was waiting in a kept ear
	}
	x.frameMu.Lock()
	defer x.frameMu.Unlock()
	proto, data := packetIn(f, x.l2)
	if proto == nil {
		return
	}
	data = x.kept.keep(data)
	first := received(f, proto, data)
	p := x.parts.add(first)
	if p == nil {
		return
	}
	if x.match != nil && !x.match.Match(p.Data(), p.Meta.WireLen) {
		return
	}
	p.Meta.Share(h.details)
	shown := p != first || x.o.Stop != nil || x.o.Prn != nil // somebody may hold it

	x.mu.Lock()
	x.result.Seen++
	over := x.over && (x.o.First || x.o.Stop != nil)
	x.mu.Unlock()
	if over {
		return // the call asked for no more
	}
	stop := x.o.Stop != nil && x.o.Stop(p)
	query := x.pair(p, h, shown)
	if !shown && (query == nil || x.o.Streaming) {
		x.kept.drop(data)
	}
	if x.o.Seen != nil {
		x.o.Seen(query != nil)
	}
	if query != nil && x.o.Prn != nil {
		x.o.Prn(query.packet(), p)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if stop || query != nil && x.o.First {
		x.end()
	}
	x.settle()
}

// pair finds what p answers and records it, as it is if somebody has seen it; nil is nothing, or nothing new.
func (x *exchange) pair(p *layers.Packet, h *hearing, shown bool) *probe {
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
	if x.o.Retry > 0 {
		x.heard, x.slowest = time.Now(), max(x.slowest, p.Meta.Time.UnixNano()-pr.sent)
	}
	if !pr.answered {
		if pr.moot() {
			x.moot--
		}
		pr.answered = true
		x.open--
		x.moot += pr.overtaken()
		x.known.settle(pr, !x.keepsProbes())
		rivals += x.e.latecomers(p, pr)
	}
	x.result.Matched++
	if rivals > 0 {
		x.result.Ambiguous++
	}
	if !x.o.Streaming {
		a := x.result.Answered.list.Add()
		*a = answer{to: pr, rivals: int32(rivals)}
		if a.p = p; !shown {
			a.p, a.from, a.data, a.time, a.wireLen = nil, h.origin(p.At(0).Proto()), p.Data(), p.Meta.Time.UnixNano(), int32(p.Meta.WireLen)
		} else if pr.p == nil && x.o.Prn != nil {
			pr.p = pr.packet()
		}
	}
	return pr
}

// origin is where packets of a kind come from. x.mu is held.
func (h *hearing) origin(proto *layers.Proto) *origin {
	for _, o := range h.kinds {
		if o.proto == proto {
			return o
		}
	}
	o := &origin{h.details, proto}
	h.kinds = append(h.kinds, o)
	return o
}

// packetIn is what was received as the layer of the probes: the IP packet inside for
// layer 3, the frame for layer 2. A proto of nil is something else.
func packetIn(f *packetsock.Frame, l2 bool) (proto *layers.Proto, data []byte) {
	ether := f.HardwareType == packetsock.HardwareEther || f.HardwareType == packetsock.HardwareLoopback
	if l2 && ether {
		return layers.Ether, f.Data
	}
	data = f.Data
	if ether {
		if len(data) < etherLen || binary.BigEndian.Uint16(data[12:]) != f.Protocol {
			return nil, nil // too short, or in a VLAN of its own
		}
		data = data[etherLen:]
	}
	switch f.Protocol {
	case etherIPv4:
		return layers.IP, data
	case etherIPv6:
		return layers.IPv6, data
	}
	return nil, nil
}

// received is data, which was in f, as a packet.
func received(f *packetsock.Frame, proto *layers.Proto, data []byte) *layers.Packet {
	p := layers.Dissect(proto, data)
	p.Meta = &layers.Meta{Time: f.When(), WireLen: f.WireLen - len(f.Data) + len(data), Direction: layers.DirIn}
	return p
}

// fromFrame is what was received, as a packet of its own; nil as in packetIn.
func fromFrame(f *packetsock.Frame, l2 bool) *layers.Packet {
	proto, data := packetIn(f, l2)
	if proto == nil {
		return nil
	}
	return received(f, proto, bytes.Clone(data))
}
