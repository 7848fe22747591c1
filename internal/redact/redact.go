// Package redact masks secrets in streams of bytes.
//
// It looks for known values: each secret as it is, trimmed, line by line, and in
// the encodings in which programs repeat what they were given, those of base64 and
// hex also where line breaks stand in them. After that it looks for tokens that
// nobody named but whose shapes are well known (a private key, a JWT, an
// Authorization header); a shape has to be so particular that an error text is
// never destroyed by a guess. It guarantees that the output is
// the same however the stream is cut, that where matches overlap the leftmost
// and then the longest wins, and that no byte is let go while a match that
// includes it could still be completed: a Stream holds back exactly that much,
// and only the end of the stream (Flush) lets it go, never a timer.
package redact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MinLength is the length in bytes below which a value is no secret that can be
// masked: it would stand in half of all output by chance.
const MinLength = 6

// ShortSecretError says that a secret is too short to be masked. Its text never
// holds the value.
type ShortSecretError struct {
	Name string
}

func (e *ShortSecretError) Error() string {
	return fmt.Sprintf("secret %s is shorter than %d bytes and cannot be masked; use a longer one", e.Name, MinLength)
}

// Set is what to look for. It never changes and is safe for concurrent use.
type Set struct {
	known *vocabulary // nil = nothing is known
}

// Mask returns what stands in place of the secret called name.
func Mask(name string) string { return maskStart + name + "]" }

const maskStart = "[secret "

// Masked reports whether something in a text was masked, or looks so.
func Masked(text string) bool { return strings.Contains(text, maskStart) }

// New returns the set of the secrets given by name. A value shorter than
// MinLength bytes, white space around it not counted, is a *ShortSecretError.
func New(secrets map[string]string) (*Set, error) {
	var exact, folded []pattern
	var masks [][]byte
	for i, name := range slices.Sorted(maps.Keys(secrets)) {
		f := forms(secrets[name])
		if f == nil {
			return nil, &ShortSecretError{Name: name}
		}
		masks = append(masks, []byte(Mask(name)))
		for _, text := range f.exact {
			exact = append(exact, pattern{text: text, secret: i})
		}
		for _, text := range f.folded {
			folded = append(folded, pattern{text: text, secret: i})
		}
	}
	if len(masks) == 0 {
		return &Set{}, nil
	}
	return &Set{known: newVocabulary(exact, folded, masks)}, nil
}

// String masks the secrets in a whole text and tells how many there were.
func (s *Set) String(text string) (string, int) {
	stream := s.Stream()
	out := stream.Flush(stream.Append(make([]byte, 0, len(text)), []byte(text)))
	if stream.Count() == 0 {
		return text, 0
	}
	return string(out), stream.Count()
}

// Stream returns a filter for one stream.
func (s *Set) Stream() *Stream {
	stream := &Stream{}
	if s.known != nil {
		stream.stages = append(stream.stages, &stage{finder: &known{vocabulary: s.known}})
	}
	stream.stages = append(stream.stages, &stage{finder: &shaped{}})
	return stream
}

// Stream masks secrets in one stream of bytes. It is not safe for concurrent use.
type Stream struct {
	stages []*stage // one after the other
}

// Count tells how many secrets were masked so far.
func (s *Stream) Count() int {
	n := 0
	for _, stage := range s.stages {
		n += stage.count
	}
	return n
}

// Next takes more of the stream and returns its masked form, as far as that is
// certain. What it returns is part of src where nothing had to change, else of
// the Stream; it stands until the next call.
func (s *Stream) Next(src []byte) []byte {
	for _, stage := range s.stages {
		src = stage.pass(src, false)
	}
	return src
}

// Append is Next, with the result added to dst.
func (s *Stream) Append(dst, src []byte) []byte { return append(dst, s.Next(src)...) }

// Flush adds what was held back and makes the Stream ready for another one; the
// count goes on.
func (s *Stream) Flush(dst []byte) []byte {
	var rest []byte
	for _, stage := range s.stages {
		rest = stage.pass(rest, true)
	}
	return append(dst, rest...)
}
