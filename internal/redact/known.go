package redact

// vocabulary is what is looked for of known secrets. It never changes.
type vocabulary struct {
	exact  *trie // forms as they are
	folded *trie // encodings that are broken into lines
	sieve  sieve
	masks  [][]byte // by index of the secret
}

func newVocabulary(exact, folded []pattern, masks [][]byte) *vocabulary {
	v := &vocabulary{exact: plant(exact, false), folded: plant(folded, true), masks: masks}
	for _, p := range exact {
		v.sieve.add(p, false)
	}
	for _, p := range folded {
		v.sieve.add(p, true)
	}
	return v
}

// known finds secrets whose values are known: of all patterns the one that begins
// first, and of those the longest.
type known struct {
	*vocabulary
	start int // no match begins before
	open  bool
	exact walk // from start, while open
	fold  walk
}

func (k *known) find(text []byte, final bool) (match, bool) {
	for {
		if !k.open {
			if k.start = k.sieve.next(text, k.start); k.start == len(text) {
				return match{}, false
			}
			k.open, k.exact, k.fold = true, walk{pos: k.start}, walk{pos: k.start}
		}
		k.vocabulary.exact.advance(&k.exact, text)
		k.folded.advance(&k.fold, text)
		if !final && (!k.exact.over || !k.fold.over) {
			return match{}, false
		}
		k.open = false
		best := k.exact
		if k.fold.end > best.end {
			best = k.fold
		}
		if best.secret != 0 {
			m := match{start: k.start, end: best.end, mask: k.masks[best.secret-1]}
			k.start = best.end
			return m, true
		}
		k.start++
	}
}

func (k *known) begin() int { return k.start }

func (k *known) shift(gone []byte) {
	n := len(gone)
	k.start -= n
	for _, w := range []*walk{&k.exact, &k.fold} {
		w.pos -= n
		w.end -= n
	}
}

func (k *known) reset() { *k = known{vocabulary: k.vocabulary} }
