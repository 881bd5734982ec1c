package repl

import (
	"container/list"
	"sync"
)

// How many connections and ranges a session protects: of more the last ones. Nobody says when one is over, and
// each is kept in the kernel, which copies all ranges for a change to one (nft_set_pipapo.c, pipapo_clone). One call
// of the engine has 256 ranges at most.
const (
	mostFlows  = 1 << 16
	mostRanges = 320
)

// recent keeps the last of what is to be released in the end, and releases what came before.
type recent struct {
	mu    sync.Mutex
	most  int
	order *list.List // of func(), the oldest first
}

func newRecent(most int) *recent { return &recent{most: most, order: list.New()} }

// keep takes one and returns its release, which others may call before.
func (r *recent) keep(release func()) func() {
	r.mu.Lock()
	e := r.order.PushBack(release)
	oldest := func() {}
	if r.order.Len() > r.most {
		oldest = r.order.Remove(r.order.Front()).(func())
	}
	r.mu.Unlock()
	oldest()
	return func() {
		r.mu.Lock()
		r.order.Remove(e) // nothing if it is gone
		r.mu.Unlock()
		release()
	}
}
