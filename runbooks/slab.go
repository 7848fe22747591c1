package runbooks

// slab makes values of a kind many at a time: a long text has tens of thousands. The
// zero value is ready.
type slab[T any] struct {
	spare []T
	made  int // at a time
}

// Bounds of how many are made at a time.
const (
	fewestMade = 4
	mostMade   = 32
)

// next returns a new value.
func (s *slab[T]) next() *T {
	if len(s.spare) == 0 {
		s.made = min(max(2*s.made, fewestMade), mostMade)
		s.spare = make([]T, s.made)
	}
	v := &s.spare[0]
	s.spare = s.spare[1:]
	return v
}
