package pile_test

import (
	"testing"

	"pktsh/internal/pile"
)

// TestList puts many things into a list: they stay where they are.
func TestList(t *testing.T) {
	var l pile.List[int]
	var all []*int
	for i := range 10000 {
		p := l.Add()
		*p = i
		all = append(all, p)
	}
	for i, p := range all {
		if *p != i || l.At(i) != p {
			t.Fatalf("at %d there is %d", i, *l.At(i))
		}
	}
	n := 0
	for p := range l.All() {
		if p != all[n] {
			t.Fatalf("walk: %d at %d", *p, n)
		}
		n++
	}
	if n != 10000 {
		t.Errorf("walked %d", n)
	}
}
