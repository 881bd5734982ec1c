package sendrecv

import (
	"sync"
	"time"

	"pktsh/layers"
)

// probe is a packet of a call and what became of it. Of a packet with sets in it a call keeps
// each probe's number alone, and makes the packet when it is looked at.
type probe struct {
	*departure                // nil once it has left and will not leave again
	p          *layers.Packet // nil: packet n of lot
	lot        *lot
	n          uint64
	of         *datagram
	next       *probe // in its bucket of the matcher
	key        uint64 // of its bucket
	sent       int64  // when it left, in ns since 1970; 0 if it did not
	waiting    bool   // for its next hop's link address
	paced      bool   // its turn has come already
	dead       bool   // which is not to be had
	left       bool   // it was sent, or is being sent
	here       bool   // to this host itself: its departure is kept
	answered   bool
}

// lot is a packet with sets in it, as a call sends it.
type lot struct {
	mu  sync.Mutex
	at  *layers.Spread // where the matcher and those who read results are
	env layers.Env
	lax *layers.Lax
}

// look gives f the probe's packet, which is f's only until it returns.
func (pr *probe) look(f func(p *layers.Packet)) {
	if pr.p != nil {
		f(pr.p)
		return
	}
	pr.lot.mu.Lock()
	defer pr.lot.mu.Unlock()
	pr.lot.at.Seek(pr.n)
	f(pr.lot.at.Packet())
}

// packet is the probe's packet: the one that was given to the call, or one of its own.
func (pr *probe) packet() (out *layers.Packet) {
	if pr.p != nil {
		return pr.p
	}
	pr.look(func(p *layers.Packet) { out = p.Clone() })
	out.SetEnv(pr.lot.env)
	out.SetLax(pr.lot.lax)
	if pr.sent != 0 {
		out.Meta0().Edit().SentTime = time.Unix(0, pr.sent)
	}
	return out
}

// at sets when the probe left; the zero time is that it did not.
func (pr *probe) at(t time.Time) {
	if pr.sent = t.UnixNano(); t.IsZero() {
		pr.sent = 0
	}
	if pr.p != nil {
		pr.p.Meta0().Edit().SentTime = t
	}
}
