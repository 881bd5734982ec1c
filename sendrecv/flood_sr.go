package sendrecv

import (
	"context"
	"sync"
	"time"
)

// reflood begins to send again what a call has sent, for Options.Flood. stop ends it and
// leaves what became of it in the result.
func (x *exchange) reflood(ctx context.Context) (stop func()) {
	if x.o.Flood == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	began := time.Now()
	var mu sync.Mutex
	var total FloodResult
	for _, s := range x.sent() {
		wg.Go(func() {
			f := &flood{e: x.e, o: *x.o.Flood}
			f.o.Loop, f.o.Progress = f.o.Rounds == 0, nil
			res, err := f.run(ctx, s)
			mu.Lock()
			defer mu.Unlock()
			total.add(res)
			if err != nil {
				total.Notes = append(total.Notes, err.Error())
			}
		})
	}
	if len(x.raws()) > 0 {
		wg.Go(func() {
			n, bytes, err := x.refloodRaw(ctx)
			mu.Lock()
			defer mu.Unlock()
			total.add(FloodResult{Sent: n, Bytes: bytes, Way: "packets"})
			if err != nil {
				total.Notes = append(total.Notes, err.Error())
			}
		})
	}
	go func() {
		select {
		case <-x.done:
		case <-ctx.Done():
		}
		cancel()
	}()
	return func() {
		cancel()
		wg.Wait()
		total.Took = time.Since(began)
		x.result.Flooded = total
	}
}

func (r *FloodResult) add(o FloodResult) {
	r.Sent += o.Sent
	r.Bytes += o.Bytes
	r.Retried += o.Retried
	r.Lagged += o.Lagged
	r.Notes = append(r.Notes, o.Notes...)
	if r.Way != "" && o.Way != "" && r.Way != o.Way {
		r.Way += "+"
	} else if r.Way != "" {
		o.Way = ""
	}
	r.Way += o.Way
}

// sent are the frames that have left, by interface.
func (x *exchange) sent() (out []*frameSource) {
	for p := range x.probes.All() {
		if !p.left || p.raw {
			continue
		}
		var s *frameSource
		for _, o := range out {
			if o.ifindex == p.ifindex {
				s = o
			}
		}
		if s == nil {
			s = &frameSource{ifindex: p.ifindex, ether: p.ether && p.ifname != "lo"}
			out = append(out, s)
		}
		s.list = append(s.list, p.bytes)
		s.longest = max(s.longest, len(p.bytes))
		s.size++
	}
	return out
}

// raws are the packets to this host itself.
func (x *exchange) raws() (out []*probe) {
	for p := range x.probes.All() {
		if p.left && p.raw {
			out = append(out, p)
		}
	}
	return out
}

// refloodRaw sends packets to this host itself, until one fails or ctx is done.
func (x *exchange) refloodRaw(ctx context.Context) (n, bytes uint64, err error) {
	list := x.raws()
	source := &frameSource{}
	for _, p := range list {
		source.longest = max(source.longest, len(p.bytes))
	}
	pace := newCadence(x.o.Flood, source, 0, 1)
	for i := 0; x.o.Flood.Rounds == 0 || i/len(list) < x.o.Flood.Rounds; i++ {
		p := list[i%len(list)]
		if pace != nil && pace.turn(ctx, [][]byte{p.bytes}) == 0 || ctx.Err() != nil {
			return n, bytes, nil
		}
		s, err := x.e.rawIP(p.dst.Is6())
		if err == nil {
			err = s.Send(ctx, p.dst, p.bytes)
		}
		if err != nil {
			return n, bytes, err
		}
		n++
		bytes += uint64(len(p.bytes))
	}
	return n, bytes, nil
}
