package layers

import "slices"

// A guesser is what the bindings of the protocols above one come to when dissecting.
type guesser struct {
	fields []int   // that the bindings look at
	list   []guess // in the order in which they are asked
}

// A guess is a binding: what the payload is where the conditions are met. Most
// have one; the others are apart, so that a long list is walked quickly.
type guess struct {
	cond
	more  []cond
	upper *Proto
}

// A cond is met where guesser.fields[field] has the value.
type cond struct {
	field int
	value uint64
}

// guess is the protocol that the bindings make the payload of l, nil for none.
// Each field is read once, however many bindings look at it.
func (p *Proto) guess(l *Layer) *Proto {
	g := p.guesses.Load()
	if g == nil {
		g = p.findGuesses()
	}
	var few [4]uint64
	values := few[:0]
	for _, f := range g.fields {
		values = append(values, l.Uint(f))
	}
	values = append(values, 0) // what a binding without conditions looks at
guesses:
	for i := range g.list {
		if c := &g.list[i]; values[c.field] == c.value {
			for _, m := range c.more {
				if values[m.field] != m.value {
					continue guesses
				}
			}
			return c.upper
		}
	}
	return nil
}

func (p *Proto) findGuesses() *guesser {
	lockBindings() // so that no binding made meanwhile is missed
	defer bindings.Unlock()
	g := &guesser{}
	list := askedBindings(func(b *Binding) bool { return b.Guess && b.Lower == p })
	for _, b := range list {
		for _, fv := range b.Fields {
			if !slices.Contains(g.fields, fv.Field) {
				g.fields = append(g.fields, fv.Field)
			}
		}
	}
	for _, b := range list {
		conds := []cond{{field: len(g.fields)}}
		for i, fv := range b.Fields {
			conds = append(conds[:i], cond{slices.Index(g.fields, fv.Field), fv.Value})
		}
		g.list = append(g.list, guess{conds[0], conds[1:], b.Upper})
	}
	p.guesses.Store(g)
	return g
}
