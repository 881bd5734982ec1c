package repl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/sniff/bridge"
)

// ruleValue is a rule of the host in the middle.
type ruleValue struct {
	frozenValue
	m *middlebox
	r *bridge.Rule
}

func (v *ruleValue) Type() string          { return "Rule" }
func (v *ruleValue) Hash() (uint32, error) { return starlark.String(v.r.Label).Hash() }

// String is <rule drop icmp from client: 3 packets, 1 held>.
func (v *ruleValue) String() string {
	st := v.r.State()
	s := fmt.Sprintf("<rule %s: %d", v.r.Label, st.Hits)
	if v.r.Count > 0 {
		s += fmt.Sprintf(" of %d", v.r.Count)
	}
	s += " packets"
	if v.r.Count == 1 || v.r.Count == 0 && st.Hits == 1 {
		s = strings.TrimSuffix(s, "s")
	}
	if st.Held > 0 {
		s += fmt.Sprintf(", %d held", st.Held)
	}
	if st.Lost > 0 {
		s += fmt.Sprintf(", %d lost for want of room", st.Lost)
	}
	if st.Over {
		s += ", over"
	}
	return s + ">"
}

// ruleMethods are the methods of a rule.
var ruleMethods = map[string]func(v *ruleValue) *builtin{
	"wait": func(v *ruleValue) *builtin {
		return &builtin{Sig: "wait(n=1, timeout=None)", Doc: "Wait until the rule was for n packets. False if timeout seconds pass first, or Ctrl-C is pressed.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("n", 1)
			if err != nil {
				return nil, err
			}
			d, err := c.seconds("timeout", 0)
			if err != nil {
				return nil, err
			}
			met := false
			err = v.m.do(c, func(ctx context.Context) error {
				if c.has("timeout") {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, d)
					defer cancel()
				}
				met = v.m.rules.Wait(ctx, v.r, n) == nil
				return nil
			})
			return starlark.Bool(met), err
		}}
	},
	"release": func(v *ruleValue) *builtin {
		return &builtin{Sig: "release()", Doc: "Send on what the rule holds, and end it. Returns how many packets that were.",
			Run: func(c *call) (starlark.Value, error) { return v.m.release(c, v.r) }}
	},
	"remove": func(v *ruleValue) *builtin {
		return &builtin{Sig: "remove()", Doc: "End the rule, and send on what it holds.", Run: func(c *call) (starlark.Value, error) {
			return nil, v.m.do(c, func(context.Context) error { v.m.rules.Remove(v.r); return nil })
		}}
	},
}

// Attr is what there is to know of the rule, or one of its methods.
func (v *ruleValue) Attr(name string) (starlark.Value, error) {
	switch st := v.r.State(); name {
	case "hits":
		return starlark.MakeInt(st.Hits), nil
	case "held":
		return starlark.MakeInt(st.Held), nil
	case "over":
		return starlark.Bool(st.Over), nil
	case "packets": // the first thousand, as they came in
		out := &packetList{name: "Rule"}
		for _, f := range st.Frames {
			out.pkts = append(out.pkts, v.m.packet(f))
		}
		return out, nil
	}
	if f := ruleMethods[name]; f != nil {
		return function{b: f(v)}, nil
	}
	return nil, nil
}

// AttrNames are the rule's attributes and methods.
func (v *ruleValue) AttrNames() []string {
	out := []string{"held", "hits", "over", "packets"}
	for n := range ruleMethods {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
