package repl

import (
	"slices"
	"testing"
)

func TestRecent(t *testing.T) {
	r := newRecent(3)
	var gone []int
	var releases []func()
	add := func(n int) { releases = append(releases, r.keep(func() { gone = append(gone, n) })) }
	for n := range 3 {
		add(n)
	}
	releases[1]() // by somebody else
	add(3)
	if !slices.Equal(gone, []int{1}) {
		t.Errorf("released %v", gone)
	}
	add(4)
	add(5)
	if !slices.Equal(gone, []int{1, 0, 2}) || r.order.Len() != 3 {
		t.Errorf("released %v, %d are kept", gone, r.order.Len())
	}
}
