package filter

import "errors"

// A nodeID names a node of a decision graph. Equal nodes have equal ids, so code that
// two paths share exists once; a node's successors have smaller ids than itself.
type nodeID int32

const (
	nodeReject nodeID = 0
	nodeAccept nodeID = 1
)

// node is a test with two successors, or, where slot is not negative, an assignment
// to a scratch cell, whose successor is t.
type node struct {
	test test
	slot int32
	val  valueID
	t, f nodeID
}

type graph struct {
	nodes  []node
	byNode map[node]nodeID
}

var (
	errTooLong = errors.New("the filter is too long: the kernel takes programs of up to 4096 instructions")
	errTooDeep = errors.New("the arithmetic is nested too deeply: there are 16 scratch cells for intermediate results")
)

func newGraph() *graph {
	g := &graph{nodes: make([]node, 2, 32), byNode: make(map[node]nodeID, 32)}
	g.nodes[nodeReject].slot, g.nodes[nodeAccept].slot = -1, -1
	return g
}

func (g *graph) intern(n node) nodeID {
	if id, ok := g.byNode[n]; ok {
		return id
	}
	id := nodeID(len(g.nodes))
	g.byNode[n] = id
	g.nodes = append(g.nodes, n)
	return id
}

// decide is the node that goes to t if a test holds and to f if not.
func (g *graph) decide(x test, t, f nodeID) nodeID {
	if t == f {
		return t
	}
	return g.intern(node{test: x, slot: -1, t: t, f: f})
}

// assign is the node that sets a scratch cell and goes to next.
func (g *graph) assign(slot int32, val valueID, next nodeID) nodeID {
	if next == nodeReject || next == nodeAccept {
		return next
	}
	return g.intern(node{slot: slot, val: val, t: next, f: next})
}

// build is the node that evaluates c and goes to t or f.
func (g *graph) build(c cond, t, f nodeID) (nodeID, error) {
	if len(g.nodes) > maxConds {
		return 0, errTooLong
	}
	switch c := c.(type) {
	case condConst:
		if c {
			return t, nil
		}
		return f, nil
	case condTest:
		return g.decide(test(c), t, f), nil
	case *condNot:
		return g.build(c.x, f, t)
	case *condAnd:
		r, err := g.build(c.r, t, f)
		if err != nil {
			return 0, err
		}
		return g.build(c.l, r, f)
	case *condOr:
		r, err := g.build(c.r, t, f)
		if err != nil {
			return 0, err
		}
		return g.build(c.l, t, r)
	case *condStore:
		return g.assign(int32(c.slot), c.val, t), nil
	}
	panic("filter: unknown condition")
}

// repeats reports whether two nodes make the same test.
func (g *graph) repeats(root nodeID) bool {
	seen := make(map[test]bool, len(g.nodes))
	for _, id := range g.order(root) {
		if n := &g.nodes[id]; id > nodeAccept && n.slot < 0 {
			if seen[n.test] {
				return true
			}
			seen[n.test] = true
		}
	}
	return false
}

// order lists what can be reached from root, each node before its successors, the
// way the program will be laid out: what follows when a test holds comes next.
func (g *graph) order(root nodeID) []nodeID {
	seen := make([]bool, len(g.nodes))
	var post []nodeID
	// An explicit stack: a graph may be thousands of nodes deep.
	type frame struct {
		id    nodeID
		stage int
	}
	stack := []frame{{id: root}}
	seen[root] = true
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		n := &g.nodes[top.id]
		var child nodeID
		switch {
		case top.id <= nodeAccept || top.stage == 2:
			post = append(post, top.id)
			stack = stack[:len(stack)-1]
			continue
		case top.stage == 0:
			child = n.f
		default:
			child = n.t
		}
		top.stage++
		if !seen[child] {
			seen[child] = true
			stack = append(stack, frame{id: child})
		}
	}
	for i, j := 0, len(post)-1; i < j; i, j = i+1, j-1 {
		post[i], post[j] = post[j], post[i]
	}
	return post
}

// regroup is g with tests of one field brought together: where several tests in a row
// lead to the same place when they hold (or when they fail), their order is free, and
// tests of what A already holds need no load. src 80, dst 80, src 443, dst 443 becomes
// src 80, src 443, dst 80, dst 443.
func (g *graph) regroup(root nodeID) (out *graph, newRoot nodeID, changed bool) {
	order := g.order(root)
	out = newGraph()
	moved := make([]nodeID, len(g.nodes))
	moved[nodeAccept] = nodeAccept
	for i := len(order) - 1; i >= 0; i-- {
		switch id := order[i]; {
		case id <= nodeAccept:
		case g.nodes[id].slot >= 0:
			n := &g.nodes[id]
			moved[id] = out.assign(n.slot, n.val, moved[n.t])
		default:
			n := &g.nodes[id]
			var did bool
			moved[id], did = out.decideGrouped(n.test, moved[n.t], moved[n.f])
			changed = changed || did
		}
	}
	return out, moved[root], changed
}

// decideGrouped is decide, but pulls the next run of tests of the same value to the front.
// The tests behind are grouped already.
func (g *graph) decideGrouped(x test, t, f nodeID) (id nodeID, changed bool) {
	for _, or := range []bool{true, false} { // tests that leave when they hold, or when they fail
		exit, next := t, f
		if !or {
			exit, next = f, t
		}
		var between, run []test
		rest := next
		for rest > nodeAccept && len(between) < 64 {
			n := &g.nodes[rest]
			ahead, out := n.f, n.t
			if !or {
				ahead, out = n.t, n.f
			}
			if n.slot >= 0 || out != exit {
				break
			}
			if n.test.l == x.l {
				run = append(run, n.test)
			} else if len(run) > 0 {
				break
			} else {
				between = append(between, n.test)
			}
			rest = ahead
		}
		if len(run) == 0 || len(between) == 0 {
			continue
		}
		link := func(x test, next nodeID) nodeID {
			if or {
				return g.decide(x, exit, next)
			}
			return g.decide(x, next, exit)
		}
		for _, list := range [][]test{between, run, {x}} {
			for i := len(list) - 1; i >= 0; i-- {
				rest = link(list[i], rest)
			}
		}
		return rest, true
	}
	return g.decide(x, t, f), false
}

// dropDeadStores is g without the assignments to cells that nothing reads
// afterwards, and the cells that are read before they are written.
func (g *graph) dropDeadStores(p *valuePool, root nodeID) (*graph, nodeID, uint16) {
	order := g.order(root)
	cells := false
	for _, id := range order {
		n := &g.nodes[id]
		cells = cells || n.slot >= 0 || id > nodeAccept && p.cells[n.test.l]|p.cells[n.test.r] != 0
	}
	if !cells {
		return g, root, 0
	}
	live := make([]uint16, len(g.nodes)) // cells read at or after a node
	out := newGraph()
	moved := make([]nodeID, len(g.nodes))
	moved[nodeAccept] = nodeAccept
	for i := len(order) - 1; i >= 0; i-- {
		id := order[i]
		n := &g.nodes[id]
		switch {
		case id <= nodeAccept:
		case n.slot < 0:
			live[id] = live[n.t] | live[n.f] | p.cells[n.test.l] | p.cells[n.test.r]
			moved[id] = out.decide(n.test, moved[n.t], moved[n.f])
		case live[n.t]&(1<<n.slot) == 0:
			live[id], moved[id] = live[n.t], moved[n.t]
		default:
			live[id] = live[n.t]&^(1<<n.slot) | p.cells[n.val]
			moved[id] = out.assign(n.slot, n.val, moved[n.t])
		}
	}
	return out, moved[root], live[root]
}
