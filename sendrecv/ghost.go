package sendrecv

import (
	"time"

	"pktsh/layers"
)

// A ghost is a packet that an earlier call gave up. An answer that fits it as well may be late.
type ghost struct {
	p    *layers.Packet
	left time.Time
}

const (
	// ghostLife is how long an answer may be late, which is a good deal longer than networks hold packets back.
	ghostLife = 30 * time.Second
	// mostGhosts is how many are remembered; scans leave more, and none of theirs.
	mostGhosts = 256
)

// haunt remembers what a call gave up.
func (e *Engine) haunt(unanswered []*probe) {
	if len(unanswered) == 0 || len(unanswered) > mostGhosts {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range unanswered {
		switch {
		case p.of == nil:
			e.ghosts = append(e.ghosts, ghost{p.packet(), time.Unix(0, p.sent)})
		case p.of.first == p:
			e.ghosts = append(e.ghosts, ghost{p.of.as, time.Unix(0, p.sent)})
		}
	}
	if n := len(e.ghosts) - mostGhosts; n > 0 {
		e.ghosts = append(e.ghosts[:0], e.ghosts[n:]...)
	}
}

// latecomers is how many packets of earlier calls an answer to pr fits as well; those are
// forgotten, since they will not be answered twice.
func (e *Engine) latecomers(answer *layers.Packet, pr *probe) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	kept := e.ghosts[:0]
	for _, g := range e.ghosts {
		switch {
		case time.Since(g.left) > ghostLife:
		case g.p != pr.p && answer.Answers(g.p):
			n++
		default:
			kept = append(kept, g)
		}
	}
	clear(e.ghosts[len(kept):])
	e.ghosts = kept
	return n
}
