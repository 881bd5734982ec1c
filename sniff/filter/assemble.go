package filter

// assemble turns a condition into instructions: it makes the program in a few ways, of
// which now one, now another is the shortest, and takes that.
func assemble(pool *valuePool, c cond, slots uint32, snapLen uint32) (best []Instruction, err error) {
	plain := newGraph()
	root, err := plain.build(c, nodeAccept, nodeReject)
	if err != nil {
		return nil, err
	}
	try := func(g *graph, root nodeID) {
		g, root, unset := g.dropDeadStores(pool, root)
		insns, emitErr := emit(pool, g, root, slots, unset, snapLen)
		switch {
		case emitErr != nil && best == nil:
			err = emitErr
		case emitErr == nil && (best == nil || len(insns) < len(best)):
			best, err = insns, nil
		}
	}
	both := func(g *graph, root nodeID) {
		try(g, root)
		if g, root, changed := g.regroup(root); changed {
			try(g, root)
		}
	}
	g, gRoot := thread(pool, plain, root, true)
	both(g, gRoot)
	if g != plain && !g.repeats(gRoot) {
		return best, err // no test is made in two places: there is nothing to gain
	}
	if g, gRoot := thread(pool, plain, root, false); g != plain {
		both(g, gRoot)
	}
	both(redirect(pool, plain, root))
	return best, err
}
