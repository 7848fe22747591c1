package redact

// pattern is one form of one secret.
type pattern struct {
	text   string
	secret int
}

// machine is an Aho–Corasick automaton ("Efficient string matching", CACM 18(6),
// 1975) over bytes. The root and the nodes of depth one, where nearly all of the
// time is spent in text without secrets, have full tables of transitions; the
// deeper ones list their few children and follow failure links.
type machine struct {
	nodes []node
	dense [][256]int32 // of the root (0) and the nodes of depth one
}

// node is the state in which the last depth bytes read are the beginning of a
// pattern, and no longer run of them is.
type node struct {
	fail    int32 // the node of the longest proper suffix
	child   int32 // first of its children, 0 = none
	sibling int32 // next child of its parent, 0 = none
	depth   int32
	match   int32 // length of the longest pattern that ends here, 0 = none
	secret  int32 // whose pattern that is
	char    byte
}

// compile builds the machine. Of equal patterns the first counts.
func compile(patterns []pattern) *machine {
	m := &machine{nodes: make([]node, 1, 64)}
	for _, p := range patterns { // nodes of depth one come first
		m.grow(0, p.text[0])
	}
	m.dense = make([][256]int32, len(m.nodes))
	for _, p := range patterns {
		n := int32(0)
		for i := range len(p.text) {
			n = m.grow(n, p.text[i])
		}
		if m.nodes[n].match == 0 {
			m.nodes[n].match, m.nodes[n].secret = int32(len(p.text)), int32(p.secret)
		}
	}
	m.link()
	return m
}

// grow returns the child of n for c, adding it where there is none.
func (m *machine) grow(n int32, c byte) int32 {
	if child := m.childOf(n, c); child != 0 {
		return child
	}
	id := int32(len(m.nodes))
	m.nodes = append(m.nodes, node{char: c, depth: m.nodes[n].depth + 1, sibling: m.nodes[n].child})
	m.nodes[n].child = id
	return id
}

func (m *machine) childOf(n int32, c byte) int32 {
	for child := m.nodes[n].child; child != 0; child = m.nodes[child].sibling {
		if m.nodes[child].char == c {
			return child
		}
	}
	return 0
}

// link sets failure links, inherited matches and the full tables, breadth first.
func (m *machine) link() {
	for child := m.nodes[0].child; child != 0; child = m.nodes[child].sibling {
		m.dense[0][m.nodes[child].char] = child
	}
	for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if n > 0 && int(n) < len(m.dense) {
			m.dense[n] = m.dense[0]
		}
		for child := m.nodes[n].child; child != 0; child = m.nodes[child].sibling {
			queue = append(queue, child)
			if n == 0 {
				continue // fails to the root
			}
			c := &m.nodes[child]
			c.fail = m.next(m.nodes[n].fail, c.char)
			if c.match == 0 {
				c.match, c.secret = m.nodes[c.fail].match, m.nodes[c.fail].secret
			}
			if int(n) < len(m.dense) {
				m.dense[n][c.char] = child
			}
		}
	}
}

// next is the transition from n on c.
func (m *machine) next(n int32, c byte) int32 {
	for int(n) >= len(m.dense) {
		if child := m.childOf(n, c); child != 0 {
			return child
		}
		n = m.nodes[n].fail
	}
	return m.dense[n][c]
}

// scan is where a search stands: what was read up to pos, the node, and a match
// that an earlier or a longer one may still replace.
type scan struct {
	pos    int
	node   int32
	found  bool
	start  int // of the match
	end    int
	secret int
}

func (c *scan) shift(n int) {
	c.pos -= n
	c.start -= n
	c.end -= n
}

// begin returns the position from which on bytes may still belong to a match.
func (m *machine) begin(c *scan) int {
	at := c.pos - int(m.nodes[c.node].depth)
	if c.found {
		at = min(at, c.start)
	}
	return at
}

// find reads on until c holds a match that nothing can replace any more, which
// it reports, or until the end of text.
func (m *machine) find(c *scan, text []byte) bool {
	first := &m.dense[0]
	for c.pos < len(text) {
		if c.node == 0 && !c.found {
			for c.pos < len(text) && first[text[c.pos]] == 0 {
				c.pos++
			}
			if c.pos == len(text) {
				return false
			}
		}
		c.node = m.next(c.node, text[c.pos])
		c.pos++
		n := &m.nodes[c.node]
		if n.match > 0 {
			if start := c.pos - int(n.match); !c.found || start <= c.start {
				c.found, c.start, c.end, c.secret = true, start, c.pos, int(n.secret)
			}
		}
		if begin := c.pos - int(n.depth); c.found && (begin > c.start || begin == c.start && n.child == 0) {
			return true
		}
	}
	return false
}
