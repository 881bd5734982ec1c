// Package pile keeps many things without moving them, and without holes.
package pile

import (
	"iter"
	"math/bits"

	"pktsh/internal/pages"
)

// A List grows without moving what is in it. The zero value is an empty one.
type List[T any] struct {
	blocks [][]T // each twice as long as the one before, up to mostBlock
	n      int
}

const (
	firstBlock = 2 // both powers of two
	mostBlock  = 8192
	small      = 12 // blocks shorter than mostBlock
)

// Len is how many there are.
func (l *List[T]) Len() int { return l.n }

// Add makes room for one more.
func (l *List[T]) Add() *T {
	k, i := place(l.n)
	if k == len(l.blocks) {
		l.blocks = append(l.blocks, pages.Make[T](firstBlock<<min(k, small)))
	}
	l.n++
	return &l.blocks[k][i]
}

// At is the nth, counted from 0.
func (l *List[T]) At(n int) *T {
	k, i := place(n)
	return &l.blocks[k][i]
}

// place is in which block the nth is, and where there.
func place(n int) (block, i int) {
	if n += firstBlock; n >= mostBlock {
		return small + n/mostBlock - 1, n % mostBlock
	}
	k := bits.Len(uint(n)) - bits.Len(firstBlock)
	return k, n - firstBlock<<k
}

// All walks the list.
func (l *List[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for n := range l.n {
			if !yield(l.At(n)) {
				return
			}
		}
	}
}
