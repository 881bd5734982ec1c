package stream

// Limits bound what an Assembler keeps. The zero value stands for the defaults.
type Limits struct {
	Conns   int // connections at a time; 0: 65,536. The one that was idle longest is given up
	Pending int // bytes of each direction that wait for missing ones; 0: 1 MiB
	Total   int // bytes kept for all together; 0: 256 MiB. The connection that was idle longest is given up
	History int // last bytes of each direction kept to compare with; 0: 16 KiB
}

// Stats count what an Assembler took, and what it gave up for its limits.
type Stats struct {
	Segments   uint64
	Conns      uint64
	Evicted    uint64 // connections given up because there were too many, or for Total
	GapBytes   uint64 // bytes that were never seen
	StrayBytes uint64 // bytes that are no part of a stream, or came after they were given up
}

// evict gives up the connection that was idle longest.
func (a *Assembler) evict(s Segment, why string) {
	c := a.order.Front().Value.(*Conn)
	a.stats.Evicted++
	a.finish(c, s)
	a.end(keyOf(c.Client, c.Server), c, why, s)
}

// connCost is about what a connection takes beside its bytes.
const connCost = 1024

// pieceCost is what a piece takes beside its bytes.
const pieceCost = 64

// count brings kept up to date with a connection; one that has ended keeps nothing.
func (a *Assembler) count(c *Conn) {
	n := 0
	if a.conns[keyOf(c.Client, c.Server)] == c {
		n = connCost
		for i := range c.dirs {
			n += c.dirs[i].waiting + len(c.dirs[i].pending)*pieceCost + cap(c.dirs[i].history)
		}
	}
	a.kept, c.kept = a.kept+n-c.kept, n
}
