package redact

// pattern is one form of one secret.
type pattern struct {
	text   string
	secret int
}

// trie holds patterns by their beginnings.
type trie struct {
	nodes []node
	first [256]int32 // the children of the root, 0 = none
	// folded says that a line break, LF or CR LF, may stand before any byte of a
	// pattern but the first. No pattern then holds a line break itself.
	folded bool
}

type node struct {
	child   int32 // first of its children, 0 = none
	sibling int32 // next child of its parent, 0 = none
	secret  int32 // whose pattern ends here, less one; 0 = none
	char    byte
}

// plant builds the trie. Of equal patterns the first counts.
func plant(patterns []pattern, folded bool) *trie {
	t := &trie{nodes: make([]node, 1, 64), folded: folded}
	for _, p := range patterns {
		n := int32(0)
		for i := range len(p.text) {
			n = t.grow(n, p.text[i])
		}
		if t.nodes[n].secret == 0 {
			t.nodes[n].secret = int32(p.secret) + 1
		}
	}
	return t
}

// grow returns the child of n for c, adding it where there is none.
func (t *trie) grow(n int32, c byte) int32 {
	if child := t.child(n, c); child != 0 {
		return child
	}
	id := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{char: c, sibling: t.nodes[n].child})
	t.nodes[n].child = id
	if n == 0 {
		t.first[c] = id
	}
	return id
}

func (t *trie) child(n int32, c byte) int32 {
	if n == 0 {
		return t.first[c]
	}
	for child := t.nodes[n].child; child != 0; child = t.nodes[child].sibling {
		if t.nodes[child].char == c {
			return child
		}
	}
	return 0
}

// walk is the way of the text from one beginning through a trie.
type walk struct {
	pos    int // what was read of the text
	node   int32
	secret int32 // of the longest pattern so far, less one; 0 = none
	end    int   // of that pattern
	broken lineBreak
	over   bool // no longer pattern can follow
}

// lineBreak is how much of a line break was just read.
type lineBreak uint8

const (
	noBreak lineBreak = iota
	cr
	lf
)

// advance reads on until the end of the text, or until the walk is over.
func (t *trie) advance(w *walk, text []byte) {
	for w.pos < len(text) && !w.over {
		c := text[w.pos]
		child := t.child(w.node, c)
		switch {
		case child != 0 && w.broken != cr:
			w.node, w.broken = child, noBreak
			if n := &t.nodes[child]; n.secret != 0 {
				w.secret, w.end = n.secret, w.pos+1
			}
			w.over = t.nodes[child].child == 0
		case t.folded && w.node != 0 && c == '\n' && w.broken != lf:
			w.broken = lf
		case t.folded && w.node != 0 && c == '\r' && w.broken == noBreak:
			w.broken = cr
		default:
			w.over = true
		}
		w.pos++
	}
}
