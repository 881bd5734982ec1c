package repl

import (
	"sync"

	"go.starlark.net/starlark"

	"pktsh/sniff"
	"pktsh/sniff/filter"
)

func filterBuiltins() []*builtin {
	return []*builtin{
		{Sig: "bpf(filter, linktype=1, live=False)", Group: "Sending and receiving", Run: runBPF,
			Doc: "Print the program that a tcpdump expression compiles to, as tcpdump -d.\n" +
				"linktype: what packets begin with: 1 Ethernet, 101 raw IP, 113 and 276 Linux cooked, 0 loopback, 9 PPP.\n" +
				"live: the program for an interface, where the kernel keeps VLAN tags beside the packet."},
	}
}

func runBPF(c *call) (starlark.Value, error) {
	expr, err := c.str("filter", "")
	if err != nil {
		return nil, err
	}
	link, err := c.int("linktype", filter.LinkEthernet)
	if err != nil {
		return nil, err
	}
	text, err := sniff.DumpFilter(expr, link, c.bool("live", false))
	if err != nil {
		return nil, filterError(err)
	}
	return nil, printLine(c.th, text)
}

// matchers are the filters that were used last, compiled.
var matchers struct {
	sync.Mutex
	byExpr map[string]*sniff.Matcher
}

// maxMatchers bounds what a program that makes up filters keeps.
const maxMatchers = 256

// matcher is a filter expression, compiled once.
func matcher(expr string) (*sniff.Matcher, error) {
	matchers.Lock()
	defer matchers.Unlock()
	if m := matchers.byExpr[expr]; m != nil {
		return m, nil
	}
	m, err := sniff.NewMatcher(expr)
	if err != nil {
		return nil, filterError(err)
	}
	if matchers.byExpr == nil || len(matchers.byExpr) >= maxMatchers {
		matchers.byExpr = map[string]*sniff.Matcher{}
	}
	matchers.byExpr[expr] = m
	return m, nil
}

// matchPacket is p.match("tcp port 80").
func matchPacket(c *call) (starlark.Value, error) {
	expr, err := c.str("filter", "")
	if err != nil {
		return nil, err
	}
	m, err := matcher(expr)
	if err != nil {
		return nil, err
	}
	ok, err := m.Match(c.self.view())
	return starlark.Bool(ok), err
}

// keeper is what filter() takes as a function: a function, or a tcpdump
// expression.
func (c *call) keeper(arg string) (func(v starlark.Value) (bool, error), error) {
	if expr, ok := c.val(arg).(starlark.String); ok {
		m, err := matcher(string(expr))
		if err != nil {
			return nil, err
		}
		return func(v starlark.Value) (bool, error) {
			p := lastOf(v)
			if err := p.sync(); err != nil {
				return false, err
			}
			return m.Match(p.view())
		}, nil
	}
	f, err := c.fn(arg)
	if err != nil {
		return nil, c.wrong(arg, "a function or a tcpdump expression")
	}
	return func(v starlark.Value) (bool, error) {
		r, err := starlark.Call(c.th, f, argsOf(v), nil)
		return err == nil && bool(r.Truth()), err
	}, nil
}
