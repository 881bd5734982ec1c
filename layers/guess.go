package layers

import "slices"

// A guesser is what the bindings of the protocols above one come to when dissecting.
type guesser struct {
	fields []int   // that the bindings look at
	list   []guess // in the order in which they are asked
}

// A guess is a binding: what the payload is where fields have these values.
type guess struct {
	upper *Proto
	conds []cond
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
guesses:
	for i := range g.list {
		for _, c := range g.list[i].conds {
			if values[c.field] != c.value {
				continue guesses
			}
		}
		return g.list[i].upper
	}
	return nil
}

func (p *Proto) findGuesses() *guesser {
	registry.RLock() // so that no binding made meanwhile is missed
	defer registry.RUnlock()
	g := &guesser{}
	for _, b := range p.bindUp.all() {
		if !b.Guess {
			continue
		}
		next := guess{upper: b.Upper}
		for _, fv := range b.Fields {
			at := slices.Index(g.fields, fv.Field)
			if at < 0 {
				at = len(g.fields)
				g.fields = append(g.fields, fv.Field)
			}
			next.conds = append(next.conds, cond{at, fv.Value})
		}
		g.list = append(g.list, next)
	}
	p.guesses.Store(g)
	return g
}
