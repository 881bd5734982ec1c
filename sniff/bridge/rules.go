package bridge

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// An Action is what a rule does with the frames that it is for.
type Action uint8

// Actions. The zero value passes: a rule ahead of others that makes exceptions.
const (
	Pass Action = iota
	Drop
	Hold      // keep them until Release, in their order
	Delay     // send them on later
	Duplicate // send them more than once
	Rewrite   // send something else
)

func (a Action) String() string {
	return [...]string{"pass", "drop", "hold", "delay", "duplicate", "rewrite"}[a]
}

// A Rule says what becomes of some frames. What is set before Add must not be
// changed behind it.
type Rule struct {
	Action Action
	Match  func(f Frame) bool // which frames; nil: all
	From   [2]bool            // only those that came in on these sides; none set: both
	Count  int                // ends after so many frames, 0: never
	Label  string             // for people

	Until  func(f Frame) bool              // Hold: a frame behind which what is held leaves. Optional.
	After  time.Duration                   // Delay: how long
	Copies int                             // Duplicate: how many more than one; 0: one
	With   func(f Frame) ([][]byte, error) // Rewrite: what is sent instead, nothing to drop; its error drops

	// Written under the bridge's lock and mu, so that State need not wait for a
	// function of a rule that is running.
	mu   sync.Mutex
	hits int
	held []Frame // copies
	kept []Frame // copies of the first it was for
	lost int
	over bool
	err  error
}

// update changes the rule's state. It is called between frames.
func (rule *Rule) update(fn func()) {
	rule.mu.Lock()
	defer rule.mu.Unlock()
	fn()
}

// takeHeld ends the rule and gives what it held.
func (rule *Rule) takeHeld() []Frame {
	held := rule.held
	rule.update(func() { rule.held, rule.over = nil, true })
	return held
}

const (
	keep    = 1000    // frames that a rule remembers
	maxHeld = 1 << 16 // frames that a rule holds, or that are delayed at a time
)

// Rules are a list of rules for a bridge: the first that a frame meets decides,
// and one that meets none passes. All methods may be called from anywhere but
// from a rule's own functions.
type Rules struct {
	b       *Bridge
	list    []*Rule
	changed chan struct{} // closed at the next hit
	later   laterQueue
	onError func(r *Rule, err error)
}

// NewRules is an empty list for b; onError, if given, hears the first error of
// each rule's With.
func NewRules(b *Bridge, onError func(r *Rule, err error)) *Rules {
	r := &Rules{b: b, changed: make(chan struct{}), onError: onError}
	r.later.send = func(fs []Frame) {
		b.Do(func(out *Out) {
			for _, f := range fs {
				r.pass(f, out)
			}
		})
	}
	return r
}

// Add puts a rule at the end of the list.
func (r *Rules) Add(rule *Rule) error {
	switch {
	case rule.Action > Rewrite:
		return fmt.Errorf("add rule: there is no action %d", rule.Action)
	case rule.Action == Rewrite && rule.With == nil:
		return fmt.Errorf("add rule: a rewrite without With: what is to be sent instead?")
	case rule.Count < 0 || rule.Copies < 0 || rule.After < 0:
		return fmt.Errorf("add rule: got count %d, copies %d, delay %s, want 0 or more of each", rule.Count, rule.Copies, rule.After)
	case rule.Until != nil && rule.Action != Hold:
		return fmt.Errorf("add rule: Until is for frames that are held, and this rule does %s them", rule.Action)
	}
	r.b.Do(func(*Out) {
		r.list = append(r.list, rule)
		r.b.SetHandler(r.handle)
	})
	return nil
}

// Remove takes rules out of the list, all of them if none are named. What they
// hold is sent on.
func (r *Rules) Remove(rules ...*Rule) {
	r.b.Do(func(out *Out) {
		for _, rule := range r.list {
			if len(rules) == 0 || slices.Contains(rules, rule) {
				r.end(rule, out)
			}
		}
		r.tidy()
	})
}

// Release sends on what rules hold, all of them if none are named, in the order
// in which it came in, and ends them. It returns how many frames that were.
func (r *Rules) Release(rules ...*Rule) (n int) {
	r.b.Do(func(out *Out) {
		var held []Frame
		for _, rule := range r.list {
			if rule.Action == Hold && (len(rules) == 0 || slices.Contains(rules, rule)) {
				held = append(held, rule.takeHeld()...)
			}
		}
		slices.SortStableFunc(held, func(a, b Frame) int { return a.Time.Compare(b.Time) })
		for _, f := range held {
			r.pass(f, out)
		}
		n = len(held)
		r.tidy()
	})
	return n
}

// Inject sends frames out by a side, as if they had come from the other.
func (r *Rules) Inject(to Side, frames ...[]byte) {
	r.b.Do(func(out *Out) {
		for _, f := range frames {
			out.Send(to, f)
		}
	})
}

// RuleState is what there is to tell of a rule.
type RuleState struct {
	*Rule
	Hits   int     // frames that it was for
	Held   int     // of these: still held
	Lost   int     // of these: lost, because 65,536 were held or delayed already
	Frames []Frame // the first thousand of them, as they came in
	Over   bool    // it is for no more
	Err    error   // first error of With
}

// List is the state of all rules that are not over.
func (r *Rules) List() (out []RuleState) {
	r.b.Do(func(*Out) {
		for _, rule := range r.list {
			out = append(out, rule.State())
		}
	})
	return out
}

// State is the rule's state. It may be called from anywhere at any time.
func (rule *Rule) State() RuleState {
	rule.mu.Lock()
	defer rule.mu.Unlock()
	return RuleState{Rule: rule, Hits: rule.hits, Held: len(rule.held), Lost: rule.lost, Frames: slices.Clone(rule.kept), Over: rule.over, Err: rule.err}
}

// Wait waits until a rule has been for n frames.
func (r *Rules) Wait(ctx context.Context, rule *Rule, n int) error {
	for {
		var enough bool
		var changed chan struct{}
		r.b.Do(func(*Out) { enough, changed = rule.hits >= n, r.changed })
		if enough {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close ends all rules and throws away what they hold or delay; it returns how
// many frames that was.
func (r *Rules) Close() (lost int) {
	lost = r.later.close()
	r.b.Do(func(*Out) {
		for _, rule := range r.list {
			lost += len(rule.takeHeld())
		}
		r.tidy()
	})
	return lost
}

// handle is the bridge's handler.
func (r *Rules) handle(f Frame, out *Out) {
	for _, rule := range r.list {
		if rule.meets(f) {
			r.apply(rule, f, out)
			r.tidy()
			return
		}
	}
	r.pass(f, out)
	r.tidy()
}

func (rule *Rule) meets(f Frame) bool {
	if rule.over || rule.Count > 0 && rule.hits >= rule.Count {
		return false
	}
	if rule.From != [2]bool{} && !rule.From[f.From] {
		return false
	}
	return rule.Match == nil || rule.Match(f)
}

func (r *Rules) apply(rule *Rule, f Frame, out *Out) {
	mine := f
	mine.Data = slices.Clone(f.Data)
	full := len(rule.held) == maxHeld
	rule.update(func() {
		rule.hits++
		if rule.Count > 0 && rule.hits == rule.Count && rule.Action != Hold {
			rule.over = true
		}
		if len(rule.kept) < keep {
			rule.kept = append(rule.kept, mine)
		}
		switch {
		case rule.Action == Hold && full, rule.Action == Delay && !r.later.add(mine, rule.After):
			rule.lost++
		case rule.Action == Hold:
			rule.held = append(rule.held, mine)
		}
	})
	close(r.changed)
	r.changed = make(chan struct{})
	switch rule.Action {
	case Pass:
		r.pass(f, out)
	case Duplicate:
		for range max(rule.Copies, 1) {
			out.Pass(f)
		}
		r.pass(f, out)
	case Rewrite:
		frames, err := rule.With(f)
		if err != nil && rule.err == nil {
			rule.update(func() { rule.err = err })
			if r.onError != nil {
				r.onError(rule, err)
			}
		}
		if err == nil {
			for _, data := range frames {
				r.pass(Frame{data, f.From, f.Time}, out)
			}
		}
	}
}

// pass sends a frame on, and behind it what was held until it had passed.
func (r *Rules) pass(f Frame, out *Out) {
	out.Pass(f)
	for _, rule := range r.list {
		if rule.Until != nil && len(rule.held) > 0 && rule.Until(f) {
			r.end(rule, out)
		}
	}
}

// end ends a rule and sends on what it holds.
func (r *Rules) end(rule *Rule, out *Out) {
	for _, f := range rule.takeHeld() {
		r.pass(f, out)
	}
}

// tidy forgets the rules that are over. With none left nothing is in the way of
// the bridge's highest rate.
func (r *Rules) tidy() {
	if !slices.ContainsFunc(r.list, func(rule *Rule) bool { return rule.over }) {
		return
	}
	r.list = slices.DeleteFunc(r.list, func(rule *Rule) bool { return rule.over })
	if len(r.list) == 0 {
		r.b.SetHandler(nil)
	}
}
