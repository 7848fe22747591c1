package actions

import (
	"slices"
	"strings"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// Fact says one thing about where an action will land. An empty Value means that
// it matters, but could not be told.
type Fact struct {
	Name  string // "git.branch"; docs/transcript-format.md lists them
	Value string // one line
}

// Bounds of what is told.
const (
	maxFacts     = 16
	maxFactValue = 200 // characters
)

// landsMatter reports whether the operator is asked before an action: then where
// it lands is part of what is shown.
func landsMatter(req Request) bool {
	return req.Asked || req.Action.Effect != runbooks.EffectRead || req.Action.Settings.Confirm
}

// landing collects facts.
type landing struct{ facts []Fact }

func (l *landing) add(name, value string) {
	if len(l.facts) < maxFacts {
		l.facts = append(l.facts, Fact{name, value})
	}
}

// join adds what one command tells, unless one before it told the same.
func (l *landing) join(group []Fact) {
	for i := range l.facts {
		if rest := l.facts[i:]; len(rest) >= len(group) && slices.Equal(rest[:len(group)], group) {
			return
		}
	}
	for _, f := range group {
		l.add(f.Name, f.Value)
	}
}

// word adds what a word of a command tells.
func (l *landing) word(name string, w runbooks.Word) {
	if !w.Known {
		w.Text = ""
	}
	l.add(name, w.Text)
}

// lands cleans facts for one line each. They are masked while they are whole.
func (g guard) lands(facts []Fact) []Fact {
	var clean []Fact
	for _, f := range facts {
		f.Value = clipText(g.text(strings.TrimSpace(sanitize.Line(f.Value))), maxFactValue)
		clean = append(clean, f)
	}
	return clean
}

// hostFacts tell the host of a block and the account there.
func (p shellPlan) hostFacts() []Fact {
	user, host, ok := strings.Cut(p.host, "@")
	if !ok {
		user, host = "", p.host // the configuration of ssh decides
	}
	return []Fact{{"host", host}, {"user", user}}
}

// withLands adds where a request goes.
func (p Preview) withLands(req Request, facts ...Fact) Preview {
	if landsMatter(req) {
		p.Lands = facts
	}
	return p
}

// withoutUser takes the user and the password out of an address, and what stands
// behind its path: there are tokens, too.
func withoutUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok { // git's user@host:path
		host, path, _ := strings.Cut(address, ":")
		if strings.ContainsRune(host, '/') || !strings.Contains(address, ":") {
			return address
		}
		return host[strings.LastIndex(host, "@")+1:] + ":" + path
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	return scheme + "://" + host[strings.LastIndex(host, "@")+1:] + path
}
