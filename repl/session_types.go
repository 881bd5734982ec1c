package repl

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
	"pktsh/sniff/stream"
)

// sessionType is a class of sessions, or one with its arguments.
type sessionType struct {
	frozenValue
	name string
	args []string // names of its arguments, which are True or False
	on   map[string]bool
	make func(on map[string]bool) sniff.Session
}

// sessionTypes are the classes that session= takes, with Scapy's names and arguments.
var sessionTypes = []*sessionType{
	{name: "IPSession", make: func(map[string]bool) sniff.Session { return &stream.IPSession{} }},
	{name: "TCPSession", args: []string{"app"}, make: func(on map[string]bool) sniff.Session {
		s := stream.NewTCPSession(stream.Limits{})
		s.App = on["app"]
		s.Reader = shell().tcpReaders()
		return s
	}},
}

func (t *sessionType) String() string        { return "<session " + t.name + ">" }
func (t *sessionType) Type() string          { return "type" }
func (t *sessionType) Hash() (uint32, error) { return starlark.String(t.name).Hash() }

// Name implements starlark.Callable.
func (t *sessionType) Name() string { return t.name }

// NewSession implements sessionClass.
func (t *sessionType) NewSession() (sniff.Session, error) { return t.make(t.on), nil }

// CallInternal is the class called: itself with its arguments.
func (t *sessionType) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > len(t.args) {
		return nil, pyrt.Errorf("TypeError", "%s(): got %d arguments, want at most %d", t.name, len(args), len(t.args))
	}
	made := *t
	made.on = map[string]bool{}
	for i, v := range args {
		made.on[t.args[i]] = bool(v.Truth())
	}
arguments:
	for _, kw := range kwargs {
		name, _ := starlark.AsString(kw[0])
		for _, known := range t.args {
			if name == known {
				made.on[name] = bool(kw[1].Truth())
				continue arguments
			}
		}
		return nil, pyrt.Errorf("TypeError", "%s(): unexpected keyword argument %q", t.name, name)
	}
	return &made, nil
}
