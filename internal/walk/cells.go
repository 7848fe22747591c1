package walk

import "slices"

// fan is how many cells stand in a leaf, and how many blocks below another one.
const (
	fanBits = 4
	fan     = 1 << fanBits
)

// class is a set of up to eight marks of a cell, by which it is counted and found.
type class uint8

// cells is a list of a fixed length that is never changed: with returns another one,
// which shares all but one path of blocks with it. So a state costs what an event
// changed, however long the runbook is. Each block knows how many cells below it bear
// which mark, so that counting and finding take as many looks as the tree is deep.
type cells[T any] struct {
	top   *block[T]
	size  int
	shift uint // of the bits of an index that pick what is below top
	owned bool // nobody else has it, nor a former version: it is changed where it stands
}

type block[T any] struct {
	below  []*block[T] // nil in a leaf
	leaf   []cell[T]
	counts [8]int32 // cells with each mark
}

type cell[T any] struct {
	value T
	is    class
}

// newCells returns a list of what at returns, which is asked for each index in order.
func newCells[T any](size int, at func(i int) (T, class)) cells[T] {
	c := cells[T]{size: size}
	var row []*block[T]
	for from := 0; from < size; from += fan {
		leaf := &block[T]{leaf: make([]cell[T], min(fan, size-from))}
		for i := range leaf.leaf {
			value, is := at(from + i)
			leaf.leaf[i] = cell[T]{value, is}
			leaf.recount(0, is)
		}
		row = append(row, leaf)
	}
	for len(row) > 1 {
		var above []*block[T]
		for below := range slices.Chunk(row, fan) {
			b := &block[T]{below: slices.Clone(below)}
			for _, child := range below {
				for k, n := range child.counts {
					b.counts[k] += n
				}
			}
			above = append(above, b)
		}
		row = above
		c.shift += fanBits
	}
	if len(row) > 0 {
		c.top = row[0]
	}
	return c
}

// recount counts a cell whose marks were others.
func (b *block[T]) recount(was, is class) {
	if was == is {
		return
	}
	for k := range b.counts {
		b.counts[k] += int32(is>>k&1) - int32(was>>k&1)
	}
}

// bear reports whether some cell below bears one of the marks.
func (b *block[T]) bear(marks class) bool {
	for k := range b.counts {
		if marks&(1<<k) != 0 && b.counts[k] > 0 {
			return true
		}
	}
	return false
}

func (c cells[T]) cell(i int) *cell[T] {
	b := c.top
	for shift := c.shift; shift > 0; shift -= fanBits {
		b = b.below[i>>shift%fan]
	}
	return &b.leaf[i%fan]
}

// at returns a value, which the caller must not change.
func (c cells[T]) at(i int) *T { return &c.cell(i).value }

// is returns the marks of a cell.
func (c cells[T]) is(i int) class { return c.cell(i).is }

// with returns the list with another cell in one place.
func (c cells[T]) with(i int, value T, is class) cells[T] {
	was, at := c.is(i), &c.top
	for shift := c.shift; ; shift -= fanBits {
		if !c.owned {
			*at = (*at).copied()
		}
		b := *at
		b.recount(was, is)
		if shift == 0 {
			b.leaf[i%fan] = cell[T]{value, is}
			return c
		}
		at = &b.below[i>>shift%fan]
	}
}

func (b *block[T]) copied() *block[T] {
	return &block[T]{below: slices.Clone(b.below), leaf: slices.Clone(b.leaf), counts: b.counts}
}

// marked returns the list with other marks in one place.
func (c cells[T]) marked(i int, is class) cells[T] {
	if old := c.cell(i); old.is != is {
		return c.with(i, old.value, is)
	}
	return c
}

// first returns the first place from which on a cell bears one of the marks, or none.
func (c cells[T]) first(marks class, from int) int {
	if c.top == nil || from >= c.size {
		return none
	}
	return c.top.first(c.shift, marks, 0, max(from, 0))
}

// first looks in a block whose first cell has the index begin.
func (b *block[T]) first(shift uint, marks class, begin, from int) int {
	if !b.bear(marks) {
		return none
	}
	for k := range b.leaf {
		if begin+k >= from && b.leaf[k].is&marks != 0 {
			return begin + k
		}
	}
	for k, child := range b.below {
		start := begin + k<<shift
		if start+1<<shift <= from {
			continue
		}
		if i := child.first(shift-fanBits, marks, start, from); i != none {
			return i
		}
	}
	return none
}

// within reports whether some cell of a range bears one of the marks.
func (c cells[T]) within(marks class, in span) bool {
	i := c.first(marks, in.from)
	return i != none && i < in.to
}

// count returns how many cells before a place bear one of the marks, of which no
// cell bears two.
func (c cells[T]) count(marks class, before int) int {
	if c.top == nil {
		return 0
	}
	return c.top.before(c.shift, marks, 0, before)
}

func (b *block[T]) before(shift uint, marks class, begin, end int) (n int) {
	for k := range b.leaf {
		if begin+k < end && b.leaf[k].is&marks != 0 {
			n++
		}
	}
	for k, child := range b.below {
		switch start := begin + k<<shift; {
		case start >= end:
			return n
		case start+1<<shift <= end:
			n += child.bearing(marks)
		default:
			n += child.before(shift-fanBits, marks, start, end)
		}
	}
	return n
}

// bearing returns how many cells below bear one of the marks.
func (b *block[T]) bearing(marks class) (n int) {
	for k := range b.counts {
		if marks&(1<<k) != 0 {
			n += int(b.counts[k])
		}
	}
	return n
}
