package sendrecv

import "time"

// mostOpen is how many probes without an answer a call keeps in any case when nobody wants them back.
const mostOpen = 1 << 16

// forgetter bounds what a call remembers that keeps no results: beyond mostOpen probes, those that have been out for
// longer than the timeout. They count as unanswered, and an answer that comes yet is none.
type forgetter struct {
	after time.Duration
	queue []*probe // in the order sent; from head on
	head  int
}

// add takes a probe that leaves now, and gives up old ones.
func (f *forgetter) add(p *probe, now int64, give func(p *probe)) {
	f.queue = append(f.queue, p)
	for f.head < len(f.queue)-1 {
		old := f.queue[f.head]
		if open := old.left && !old.answered; open {
			if len(f.queue)-f.head <= mostOpen || now-old.sent <= int64(f.after) {
				break
			}
			give(old)
		}
		f.queue[f.head] = nil
		f.head++
	}
	if f.head > len(f.queue)/2 && f.head >= 1024 {
		n := copy(f.queue, f.queue[f.head:])
		clear(f.queue[n:])
		f.queue, f.head = f.queue[:n], 0
	}
}
