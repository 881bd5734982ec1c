package near

import "testing"

func TestWord(t *testing.T) {
	names := []string{"", "dport", "sport", "flags", "seq", "ack", "TCP", "tcp", "UDP", "UDPLite", "id"}
	for got, want := range map[string]string{
		"Tcp": "TCP", "dprot": "dport", "dports": "dport", "flag": "flags", "sqe": "seq", "UDPLit": "UDPLite",
		"dport": "sport",             // itself is no answer
		"xport": "dport",             // the first of two
		"tpc":   "tcp", "TPC": "TCP", // of the same case
		"ie": "id", "xy": "", "": "", "window": "", "options": "",
	} {
		if w := Word(got, names); w != want {
			t.Errorf("%q: got %q, want %q", got, w, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"abcd", "abdc", 1}, {"abcd", "axxd", 2}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if d := distance(c.a, c.b, 9); d != c.want || distance(c.b, c.a, 9) != c.want {
			t.Errorf("%q, %q: got %d, want %d", c.a, c.b, d, c.want)
		}
		if d := distance(c.a, c.b, 2); d != min(c.want, 2) {
			t.Errorf("%q, %q: got %d within 2", c.a, c.b, d)
		}
	}
}
