package actions

import "genia.ai/bitacora/runbooks"

// maxKept bounds what is kept of an action's output for conditions and captures,
// in bytes: that much of its beginning and of its end.
const maxKept = 1 << 20

// kept holds the beginning and the end of what was printed.
type kept struct {
	head, tail []byte
	cut        bool // something between them is gone
}

func (k *kept) add(p []byte) {
	n := min(len(p), maxKept-len(k.head))
	k.head, p = append(k.head, p[:n]...), p[n:]
	if k.tail = append(k.tail, p...); len(k.tail) > 2*maxKept {
		k.cut = true
		k.tail = append(k.tail[:0], k.tail[len(k.tail)-maxKept:]...)
	}
}

// bytes returns what is kept.
func (k *kept) bytes() []byte { return append(k.head, k.tail...) }

// looksAtOutput reports whether something is decided or captured by what an action
// prints. Nothing of it needs to be held when not: the recorder has it all.
func looksAtOutput(set runbooks.Settings) bool {
	return set.Expect != "" || set.Until != "" || len(set.Capture) > 0 || set.Similarity > 0 || set.SampleRegex != ""
}
