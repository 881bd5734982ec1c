package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"math"

	"pktsh/sniff/packetsock"
)

const (
	// worthXDP and worthLive are from how many frames on it pays to set a way up; what
	// is fewer leaves where captures and the firewall see it.
	worthXDP  = 20_000
	worthLive = 200_000
	// socketRate is the pace that a packet socket keeps easily.
	socketRate = 200_000
)

// errNoPoint is a way that would work, but gain nothing.
var errNoPoint = errors.New("there is no need")

// paced tells whether the call asks for a pace, and for one that a packet socket keeps.
func (f *flood) paced() (paced, slow bool) {
	slow = f.o.PPS > 0 && f.o.PPS <= socketRate || f.o.Speed > 0 ||
		f.o.Mbps > 0 && f.o.Mbps*1e6/8/float64(f.src.longest) <= socketRate
	return f.o.PPS > 0 || f.o.Mbps > 0 || f.o.Speed > 0, slow
}

// large tells whether it pays to set up anything faster than a packet socket.
func (f *flood) large() bool {
	_, slow := f.paced()
	return f.total >= worthXDP && !slow
}

// unfit is why a way that takes Ethernet frames of up to longest bytes is not to be tried, or nil.
func (f *flood) unfit(way Way, longest int) error {
	switch {
	case !f.src.ether:
		return errors.New("the interface is no Ethernet interface")
	case f.src.longest > longest:
		return fmt.Errorf("got frames of %d bytes, want at most %d", f.src.longest, longest)
	case f.o.Way == way:
		return nil
	case f.o.Way != WayAuto, !f.large():
		return errNoPoint
	}
	return nil
}

// cloners are what every thread sends by, or why clones are not the way.
func (f *flood) cloners() (list []*packetsock.Cloner, why error) {
	if why := f.unfit(WayClone, packetsock.CloneLongest); why != nil {
		return nil, why
	}
	for i := range max(f.o.Threads, 1) {
		c, err := packetsock.OpenCloner(packetsock.CloneConfig{NS: f.e.ns, Ifindex: f.src.ifindex, Queue: i})
		if err != nil {
			for _, c := range list {
				c.Close()
			}
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// clone is thread i by clones.
func (f *flood) clone(ctx context.Context, i int, c *packetsock.Cloner) error {
	f.took(WayClone)
	defer c.Close()
	defer f.retried(c, 0)
	return f.e.ns.Do(func() error { return f.pump(ctx, i, c, block) }) // the kernel asks where the thread is
}

// noLive is why live frames are not to be tried, or nil.
func (f *flood) noLive() error {
	paced, _ := f.paced()
	switch {
	case f.o.Way != WayAuto && f.o.Way != WayLive:
		return errNoPoint
	case f.o.Way == WayAuto && (f.total < worthLive || paced):
		return errNoPoint
	case paced:
		return errors.New("live frames have no pace: leave pps=, mbps= and realtime= out")
	case !f.src.ether:
		return errors.New("the interface is no Ethernet interface")
	case f.src.set != nil && f.src.drawn && f.o.Way == WayAuto:
		return errors.New("values are drawn for each packet")
	}
	return nil
}

// live sends by live frames. done is false, without an error, where another way has
// to go on.
func (f *flood) live(ctx context.Context) (done bool, err error) {
	no := func(why error) (bool, error) {
		f.notTaken(WayLive, why)
		if f.o.Way == WayLive {
			return false, fmt.Errorf("mode=%q: %w", WayLive, why)
		}
		return false, nil
	}
	if why := f.noLive(); why != nil {
		return no(why)
	}
	frames, err := f.src.all(packetsock.LiveFramesMost)
	if err == nil {
		err = packetsock.FitsLive(frames)
	}
	var l *packetsock.LiveFrames
	if err == nil {
		l, err = packetsock.OpenLive(packetsock.LiveConfig{NS: f.e.ns, Ifindex: f.src.ifindex, Frames: frames, Threads: f.o.Threads})
	}
	if err != nil {
		return no(err)
	}
	defer l.Close()
	n := f.total
	if n == math.MaxUint64 {
		n = 0
	}
	tell := func(sent uint64) {
		f.sent.Store(sent)
		f.bytes.Store(sent * uint64(f.src.longest))
	}
	sent, err := l.Send(ctx, n, tell)
	tell(sent)
	if sent == 0 && errors.Is(err, packetsock.ErrNotLive) {
		return no(err)
	}
	f.retried(l, 0)
	f.took(WayLive)
	return true, err
}

// transmitter is by what thread i sends; done gives it back.
func (f *flood) transmitter(ctx context.Context, i int) (tx packetsock.Transmitter, done func(), err error) {
	why := f.unfit(WayXDP, packetsock.XDPLongest)
	if why == nil {
		if tx, why = packetsock.OpenXDP(ctx, packetsock.XDPConfig{NS: f.e.ns, Ifindex: f.src.ifindex, Queue: i}); why == nil {
			f.took(WayXDP)
			return tx, func() { f.retried(tx, 0); packetsock.CloseLater(tx) }, nil
		}
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if f.o.Way == WayXDP && i == 0 {
		return nil, nil, fmt.Errorf("mode=%q: %w", WayXDP, why)
	}
	if i > 0 && errors.Is(why, packetsock.ErrNoQueue) {
		why = fmt.Errorf("thread %d: %w", i, why)
	}
	f.notTaken(WayXDP, why)
	way := f.socketWay()
	f.took(way)
	if i == 0 && way == WaySocket {
		s, err := f.e.sender(f.src.ifindex)
		if err != nil {
			return nil, nil, err
		}
		_, before := s.TxStats()
		return s, func() { f.retried(s, before) }, nil
	}
	s, err := packetsock.OpenSock(packetsock.SockConfig{NS: f.e.ns, Ifindex: f.src.ifindex, TxOnly: true, QdiscBypass: way == WayDirect})
	if err != nil {
		return nil, nil, err
	}
	return s, func() { f.retried(s, 0); packetsock.CloseLater(s) }, nil
}

// socketWay is how packet sockets send.
func (f *flood) socketWay() Way {
	switch {
	case f.o.Way == WayDirect, f.o.Way == WayAuto && f.large():
		return WayDirect
	}
	return WaySocket
}
