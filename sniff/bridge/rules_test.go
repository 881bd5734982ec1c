package bridge_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pktsh/sniff/bridge"
)

// carries matches UDP datagrams over IPv4 with text in them.
func carries(text string) func(bridge.Frame) bool {
	return func(f bridge.Frame) bool { return len(f.Data) > 42 && bytes.Contains(f.Data[42:], []byte(text)) }
}

// What the server hears when the client says "one" to "five" past some rules.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules func(m *middle) []*bridge.Rule
		then  func(t *testing.T, m *middle) // after all were said
		want  string
	}{
		{"no rule", nil, nil, "one two three four five"},
		{"drop", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Drop, Match: carries("two"), Count: 1}}
		}, nil, "one three four five"},
		{"drop by side", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Drop, Match: carries("two"), From: [2]bool{bridge.Two: true}}}
		}, nil, "one two three four five"},
		{"an exception ahead", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Match: carries("three")}, {Action: bridge.Drop, Match: carries("t")}}
		}, nil, "one three four five"},
		{"hold until", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Hold, Match: carries("t"), Until: carries("four")}}
		}, nil, "one four two three five"},
		{"hold and release", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Hold, Match: carries("one"), Count: 1}, {Action: bridge.Hold, Match: carries("t")}}
		}, func(t *testing.T, m *middle) {
			if n := m.rules.Release(); n != 3 {
				t.Errorf("released %d frames, want 3", n)
			}
		}, "four five one two three"},
		{"duplicate", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Duplicate, Match: carries("two"), Copies: 2}}
		}, nil, "one two two two three four five"},
		{"rewrite", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Rewrite, Match: carries("two"), With: func(f bridge.Frame) ([][]byte, error) {
				b := bytes.Replace(f.Data, []byte("two"), []byte("owt"), 1)
				b[40], b[41] = 0, 0 // no UDP checksum (RFC 768)
				return [][]byte{b, f.Data}, nil
			}}}
		}, nil, "one owt two three four five"},
		{"remove sends what is held", func(*middle) []*bridge.Rule {
			return []*bridge.Rule{{Action: bridge.Hold, Match: carries("one")}}
		}, func(t *testing.T, m *middle) { m.rules.Remove() }, "two three four five one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMiddle(t)
			client, server := m.udp(t)
			if c.rules != nil {
				for _, r := range c.rules(m) {
					if err := m.rules.Add(r); err != nil {
						t.Fatal(err)
					}
				}
			}
			want := strings.Fields(c.want)
			for _, w := range strings.Fields("one two three four five") {
				say(t, client, w)
			}
			if c.then != nil {
				// The last one has passed when it is heard, and all that were to be
				// held are held.
				for hear(t, server, 1)[0] != "five" {
				}
				c.then(t, m)
				want = want[slices.Index(want, "five")+1:]
			}
			if got := hear(t, server, len(want)); !slices.Equal(got, want) {
				t.Errorf("the server heard %q, want %q", got, want)
			}
			server.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if n, _, err := server.ReadFrom(make([]byte, 100)); err == nil {
				t.Errorf("then another of %d bytes came", n)
			}
		})
	}
}

func TestDelayKeepsOrder(t *testing.T) {
	m := newMiddle(t)
	client, server := m.udp(t)
	const wait = 60 * time.Millisecond
	rule := &bridge.Rule{Action: bridge.Delay, After: wait, Match: carries("late")}
	if err := m.rules.Add(rule); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var want []string
	for _, w := range []string{"late 1", "late 2", "late 3"} {
		say(t, client, w)
		want = append(want, w)
	}
	say(t, client, "now")
	if err := m.rules.Wait(within(t), rule, 3); err != nil {
		t.Fatal(err)
	}
	got := hear(t, server, 4)
	if took := time.Since(start); took < wait {
		t.Errorf("all were there after %s, want at least %s", took, wait)
	}
	if !slices.Equal(got, append([]string{"now"}, want...)) {
		t.Errorf("the server heard %q", got)
	}
	if s := rule.State(); s.Hits != 3 || len(s.Frames) != 3 || s.Over {
		t.Errorf("the rule: %d hits, %d frames, over %v", s.Hits, len(s.Frames), s.Over)
	}
	if lost := m.rules.Close(); lost != 0 {
		t.Errorf("%d frames were still there", lost)
	}
}

func TestInject(t *testing.T) {
	m := newMiddle(t)
	client, server := m.udp(t)
	rule := &bridge.Rule{Count: 1, Match: carries("hello")}
	if err := m.rules.Add(rule); err != nil {
		t.Fatal(err)
	}
	say(t, client, "hello")
	hear(t, server, 1)
	seen := rule.State().Frames
	if len(seen) != 1 || seen[0].From != bridge.One {
		t.Fatalf("the rule remembers %v", seen)
	}
	m.rules.Inject(bridge.Two, seen[0].Data, seen[0].Data)
	if got := hear(t, server, 2); got[0] != "hello" || got[1] != "hello" {
		t.Errorf("the server heard %q", got)
	}
}

func TestRulesRefuse(t *testing.T) {
	r := bridge.NewRules(&bridge.Bridge{}, nil)
	for _, c := range []struct {
		rule *bridge.Rule
		want string
	}{
		{&bridge.Rule{Action: bridge.Rewrite}, "without With"},
		{&bridge.Rule{Count: -1}, "count -1"},
		{&bridge.Rule{Action: bridge.Drop, Until: carries("x")}, "Until is for frames that are held"},
		{&bridge.Rule{Action: 99}, "no action 99"},
	} {
		if err := r.Add(c.rule); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
