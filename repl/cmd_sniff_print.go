package repl

import (
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"pktsh/layers"
)

// A packetPrinter turns packets into lines on several cores and writes them in
// order. Whole lines are handed on at latest after flushEvery.
type packetPrinter struct {
	c   *sniffCmd
	out io.Writer

	mu    sync.Mutex
	batch *printBatch
	next  int   // number of the next packet, from 1
	first int64 // times of packets, nanoseconds
	prev  int64

	work  chan *printBatch
	queue chan *printBatch
	ended sync.WaitGroup
	fail  atomic.Pointer[error] // from writing
}

// flushEvery is how long a line may wait for others.
const flushEvery = 25 * time.Millisecond

type printItem struct {
	p           *layers.Packet
	first, prev int64 // times for -ttt and -ttttt
}

// A printBatch is packets that one worker makes lines of.
type printBatch struct {
	number int // of the first
	items  []printItem
	lines  []byte
	done   chan struct{}
}

const printBatchSize = 256

// lineBuffers are buffers for a batch's lines. JSON of a batch is a megabyte: made
// anew for each, it would cost as much as what is written into it.
var lineBuffers = sync.Pool{New: func() any { return new([]byte) }}

func newPacketPrinter(c *sniffCmd, out io.Writer) *packetPrinter {
	n := runtime.GOMAXPROCS(0)
	p := &packetPrinter{c: c, out: out, next: 1, work: make(chan *printBatch, n), queue: make(chan *printBatch, 2*n)}
	for range n {
		p.ended.Add(1)
		go func() {
			defer p.ended.Done()
			for b := range p.work {
				b.format(c)
				close(b.done)
			}
		}()
	}
	p.ended.Add(1)
	go p.write()
	return p
}

func (p *packetPrinter) write() {
	defer p.ended.Done()
	for b := range p.queue {
		<-b.done
		if p.fail.Load() == nil {
			if _, err := p.out.Write(b.lines); err != nil {
				p.fail.Store(&err)
			}
		}
		lineBuffers.Put(&b.lines)
	}
}

// put prints a packet sometime soon.
func (p *packetPrinter) put(pkt *layers.Packet) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.batch == nil {
		p.batch = &printBatch{number: p.next, items: make([]printItem, 0, printBatchSize), done: make(chan struct{})}
	}
	now := int64(0)
	if !pkt.Meta.Time.IsZero() {
		now = pkt.Meta.Time.UnixNano()
	}
	if p.next == 1 {
		p.first, p.prev = now, now
	}
	p.batch.items = append(p.batch.items, printItem{pkt, p.first, p.prev})
	p.prev = now
	p.next++
	if len(p.batch.items) == printBatchSize {
		p.hand()
	}
	return p.failure()
}

func (p *packetPrinter) failure() error {
	if err := p.fail.Load(); err != nil {
		return *err
	}
	return nil
}

// hand gives the batch to the workers. mu is held, so that batches stay in order.
func (p *packetPrinter) hand() {
	b := p.batch
	p.batch = nil
	if b == nil {
		return
	}
	p.queue <- b
	p.work <- b
}

// flush hands on what there is.
func (p *packetPrinter) flush() {
	p.mu.Lock()
	p.hand()
	p.mu.Unlock()
}

// close waits until everything is written.
func (p *packetPrinter) close() error {
	p.flush()
	close(p.work)
	close(p.queue)
	p.ended.Wait()
	return p.failure()
}

// format makes the batch's lines.
func (b *printBatch) format(c *sniffCmd) {
	out := (*lineBuffers.Get().(*[]byte))[:0]
	clock := dayClock{}
	for i, it := range b.items {
		number := b.number + i
		switch {
		case c.fields != nil:
			for k := range c.fields {
				if k > 0 {
					out = append(out, c.separator...)
				}
				out = c.fields[k].append(out, it.p, number)
			}
			out = append(out, '\n')
		case c.json:
			out = appendJSON(out, it.p)
		default:
			out = clock.append(out, it, c.stamp)
			if name := it.p.Meta.Iface(); name != "" && len(c.files) == 0 && len(c.ifaces) != 1 {
				out = append(append(out, name...), ' ')
			}
			out = append(append(out, it.p.Summary()...), '\n')
			if c.verbose {
				out = append(append(out, strings.TrimRight(it.p.Show(), "\n")...), '\n')
			}
			if c.hex {
				out = append(append(out, layers.Hexdump(it.p.Data())...), '\n')
			}
		}
		b.items[i].p = nil
	}
	b.lines = out
}

// appendJSON is a packet as one line of JSON.
func appendJSON(out []byte, p *layers.Packet) []byte {
	m := p.Meta
	out = append(out, `{"time": `...)
	if m.Time.IsZero() {
		out = append(out, "null"...)
	} else {
		out = appendSeconds(out, m.Time.UnixNano(), 9)
	}
	if name := m.Iface(); name != "" {
		out = layers.AppendJSONText(append(out, `, "iface": `...), name)
	}
	out = append(out, `, "len": `...)
	out = appendValue(out, uint64(m.WireLen))
	out = append(out, `, "caplen": `...)
	out = appendValue(out, uint64(len(p.Data())))
	out = append(out, `, "layers": `...)
	out = p.AppendJSON(out)
	return append(out, "}\n"...)
}

// A dayClock writes times of day; the second is written out once for all packets in it.
type dayClock struct {
	second int64
	text   []byte
	format string
}

func (d *dayClock) append(out []byte, it printItem, style int) []byte {
	t := it.p.Meta.Time
	if t.IsZero() {
		if style != 1 {
			out = append(out, "- "...)
		}
		return out
	}
	format := "15:04:05"
	switch style {
	case 1:
		return out
	case 2:
		return append(appendSeconds(out, t.UnixNano(), 6), ' ')
	case 3:
		return append(appendSeconds(out, t.UnixNano()-it.prev, 6), ' ')
	case 4:
		format = "2006-01-02 15:04:05"
	case 5:
		return append(appendSeconds(out, t.UnixNano()-it.first, 6), ' ')
	}
	if s := t.Unix(); d.text == nil || s != d.second || format != d.format {
		d.second, d.format = s, format
		d.text = t.AppendFormat(d.text[:0], format)
	}
	out = append(out, d.text...)
	return append(appendFraction(out, int64(t.Nanosecond()), 6), ' ')
}
