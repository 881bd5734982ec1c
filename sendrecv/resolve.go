package sendrecv

import (
	"context"
	"sync"

	"pktsh/layers"
	"pktsh/sendrecv/route"
)

const (
	// mostWaiting is how many packets may wait for link addresses before the
	// sequence is held up.
	mostWaiting = 4096
	// mostAsked is how many neighbours are asked for at once. The kernel keeps 1024
	// (gc_thresh3, arp(7)).
	mostAsked = 256
)

// resolver has the kernel ask for the link addresses of next hops, many at a
// time: hosts that do not answer cost three seconds each.
type resolver struct {
	table   *route.Table
	waiting int              // packets
	asked   map[hop][]*probe // for whom
	answers chan resolution
	slots   chan struct{}
	wg      sync.WaitGroup
}

// resolution is what became of one next hop.
type resolution struct {
	hop    hop
	mac    layers.MAC
	err    error
	probes []*probe
}

// asking tells whether packets wait for a next hop.
func (r *resolver) asking(h hop) bool { return len(r.asked[h]) > 0 }

// ask begins to find the link address for a packet.
func (r *resolver) ask(ctx context.Context, p *probe) {
	if r.asked == nil {
		r.asked, r.answers, r.slots = map[hop][]*probe{}, make(chan resolution), make(chan struct{}, mostAsked)
	}
	way := p.departure.ask
	h := hopOf(way)
	r.waiting++
	r.asked[h] = append(r.asked[h], p)
	if len(r.asked[h]) > 1 {
		return
	}
	r.wg.Go(func() {
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-ctx.Done():
			return
		}
		out := resolution{hop: h}
		hw, err := r.table.LinkDest(ctx, way)
		if out.err = err; err == nil {
			out.mac = layers.MAC(hw)
		}
		select {
		case r.answers <- out:
		case <-ctx.Done():
		}
	})
}

// next is a next hop that has been found or given up; ok is false if there is
// none yet, or none to be had before ctx or the call is over.
func (r *resolver) next(ctx context.Context, over <-chan struct{}, wait bool) (out resolution, ok bool) {
	if wait {
		select {
		case out = <-r.answers:
		case <-ctx.Done():
			return out, false
		case <-over:
			return out, false
		}
	} else {
		select {
		case out = <-r.answers:
		default:
			return out, false
		}
	}
	out.probes = r.asked[out.hop]
	delete(r.asked, out.hop)
	r.waiting -= len(out.probes)
	return out, true
}
