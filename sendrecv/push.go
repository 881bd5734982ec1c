package sendrecv

import (
	"context"
	"time"

	"pktsh/sniff/packetsock"
)

// outlet is a socket that a call sends by.
type outlet struct {
	*packetsock.Sock
	before uint64 // its retries before the call
}

// push hands packets to the kernel, those for one interface in a row together.
// Repeated ones that fail are not errors: they have left before.
func (x *exchange) push(ctx context.Context, list []*probe, again bool) {
	for len(list) > 0 && ctx.Err() == nil {
		n := 1
		for n < len(list) && !list[0].raw && !list[n].raw && list[n].ifindex == list[0].ifindex {
			n++
		}
		x.register(list[:n], again)
		sent, err := x.emit(ctx, list[:n])
		for i, p := range list[:n] {
			if i >= sent && !again {
				x.unregister(p)
			}
			if i < sent && x.o.Retry == 0 && x.o.Flood == nil && !p.here {
				x.free = append(x.free, p.departure)
				p.departure = nil
			}
		}
		if err == nil {
			list = list[n:]
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if !again {
			x.fail(list[sent], err)
		}
		list = list[sent+1:]
	}
}

// emit sends packets that go the same way. The error is the one of list[sent].
func (x *exchange) emit(ctx context.Context, list []*probe) (sent int, err error) {
	if first := list[0]; first.raw {
		s, err := x.e.rawIP(first.dst.Is6())
		if err == nil {
			err = s.Send(ctx, first.dst, first.bytes)
		}
		if err != nil {
			return 0, err
		}
		return 1, nil
	}
	o := x.tx[list[0].ifindex]
	if o == nil {
		s, err := x.e.sender(list[0].ifindex)
		if err != nil {
			return 0, err
		}
		_, retries := s.TxStats()
		o = &outlet{s, retries}
		x.tx[list[0].ifindex] = o
	}
	if x.receive && !x.many && len(list) == 1 && list[0].more == nil {
		at, err := o.SendStamped(ctx, list[0].bytes)
		if err != nil {
			return 0, err
		}
		x.stamped(list[0], at)
		return 1, nil
	}
	x.frames = x.frames[:0]
	cut := false
	for _, p := range list {
		x.frames = append(x.frames, p.bytes)
		x.frames = append(x.frames, p.more...)
		cut = cut || len(p.more) > 0
	}
	sent, err = o.SendBatch(ctx, x.frames)
	if !cut {
		return sent, err
	}
	for i, p := range list { // as many packets as have all of their fragments gone
		if sent -= 1 + len(p.more); sent < 0 {
			return i, err
		}
	}
	return len(list), err
}

// register makes probes known to the receivers just before they leave.
func (x *exchange) register(list []*probe, again bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Now()
	x.out = now
	for _, p := range list {
		p.at(now)
		if again {
			continue
		}
		p.left = true
		x.result.Sent++
		if x.receive {
			x.known.add(p)
			x.open++
			if p.moot() {
				x.moot++
			}
			if x.forget != nil {
				x.forget.add(p, p.sent, x.known.drop)
			}
		}
	}
}

// stamped makes the kernel's transmit time a probe's, if its answer has not been faster.
func (x *exchange) stamped(p *probe, at int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if at != 0 && !p.answered {
		p.at(time.Unix(0, at))
	}
}

// unregister takes back a probe that did not leave.
func (x *exchange) unregister(p *probe) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p.left = false
	x.result.Sent--
	p.at(time.Time{})
	if x.receive {
		if !p.answered {
			x.known.drop(p)
			x.open--
			if p.moot() {
				x.moot--
			}
		}
	}
}
