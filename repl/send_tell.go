package repl

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"pktsh/sendrecv"
)

// progress shows on a terminal how a call comes along: Scapy's dots and stars for
// a few packets, a line that is written over for many.
type progress struct {
	w      io.Writer
	colour bool
	marks  bool // dots and stars
	sr     bool // answers are awaited

	mu    sync.Mutex
	n     int       // marks written
	shown time.Time // when the line was last written
	line  bool      // one is there to be written over
}

const (
	// mostMarks is how many dots and stars are written before a count takes their place.
	mostMarks = 400
	// redraw is how often the count is written.
	redraw = 100 * time.Millisecond
)

// newProgress is nil where nobody watches: scripts print only what they print.
func (s *Shell) newProgress(verb int, sr bool) *progress {
	if verb <= 0 || !s.opts.Progress {
		return nil
	}
	return &progress{w: s.err, colour: s.opts.Colour, marks: verb > 1, sr: sr}
}

// mark is one packet that came in: a star for an answer, else a dot.
func (p *progress) mark(answer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n++; !p.marks || p.n > mostMarks {
		return
	}
	text, colour := ".", colourComment
	if answer {
		text, colour = "*", colourString
	}
	if p.colour {
		text = colour + text + colourOff
	}
	fmt.Fprint(p.w, text)
}

// count is told from time to time.
func (p *progress) count(c sendrecv.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.marks || p.sr && p.n <= mostMarks && c.Sent <= mostMarks || time.Since(p.shown) < redraw {
		return
	}
	p.shown, p.line = time.Now(), true
	fmt.Fprintf(p.w, "\r\x1b[K%d sent", c.Sent)
	if p.sr {
		fmt.Fprintf(p.w, ", %d answered, %d seen", c.Answered, c.Seen)
	}
}

// end leaves the cursor at the beginning of a line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.line:
		fmt.Fprint(p.w, "\r\x1b[K")
	case p.marks && p.n > 0:
		fmt.Fprintln(p.w)
	}
}

// tellErrors warns of packets that did not leave, by reason, and of what was changed in them.
func (s *Shell) tellErrors(res sendrecv.Result) {
	for _, r := range reasons(res.Errors) {
		s.warn("%s", r)
	}
	if n := res.Failed - len(res.Errors); n > 0 {
		s.warn("%s not sent beside these, whose reasons store=False does not keep", packetsWere(n))
	}
	for _, n := range res.Notes {
		s.warn("%s", n)
	}
}

// mostReasons is how many different ones are told.
const mostReasons = 5

// reasons are sentences about packets that were not sent, the most frequent first.
func reasons(errs []sendrecv.SendError) []string {
	count := map[string]int{}
	var order []string
	for _, e := range errs {
		msg := e.Error()
		if count[msg]++; count[msg] == 1 {
			order = append(order, msg)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	var out []string
	for i, msg := range order {
		if i == mostReasons {
			rest := 0
			for _, m := range order[i:] {
				rest += count[m]
			}
			out = append(out, fmt.Sprintf("%s not sent for %d other reasons", packetsWere(rest), len(order)-i))
			break
		}
		out = append(out, fmt.Sprintf("%s not sent: %s", packetsWere(count[msg]), msg))
	}
	return out
}

// tellUnsent warns of packets that an interrupt kept back.
func (s *Shell) tellUnsent(ctx context.Context, res *sendrecv.Result) {
	if ctx.Err() != nil && res.Unsent > 0 {
		s.warn("%s not sent before the interrupt: they waited for a neighbour's address or for their turn", packetsWere(res.Unsent))
	}
}

func packetsWere(n int) string {
	if n == 1 {
		return "1 packet was"
	}
	return fmt.Sprintf("%d packets were", n)
}

// footer is what sr() says at its end.
func footer(res *sendrecv.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Received %d packets, got %d answers, remaining %d packets", res.Seen, res.Matched, res.UnansweredCount)
	if n := res.Failed + res.Unsent; n > 0 {
		fmt.Fprintf(&b, ", %d not sent", n)
	}
	if res.Extra > 0 {
		fmt.Fprintf(&b, ", %d further answers (multi=True keeps them)", res.Extra)
	}
	if res.Dropped > 0 {
		fmt.Fprintf(&b, ", %d dropped here", res.Dropped)
	}
	return b.String()
}

// tellDoubts warns of what the result cannot be sure of.
func (s *Shell) tellDoubts(res *sendrecv.Result, verb int) {
	if res.Dropped > 0 {
		s.warn("the kernel dropped %d packets while answers came in: an answer to some of the unanswered may be among them; pps= slows down", res.Dropped)
	}
	if res.Ambiguous > 0 && verb > 0 {
		what := fmt.Sprintf("%d answers fit", res.Ambiguous)
		if res.Ambiguous == 1 {
			what = "1 answer fits"
		}
		s.warn("%s more than one packet, of this call or of one before: paired in the order sent, with an rtt of None; give each packet an id, seq or port of its own to tell them apart", what)
	}
}
