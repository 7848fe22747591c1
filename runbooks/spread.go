package runbooks

import (
	"cmp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A variable behind the verb of a client is an option where its value begins with a dash,
// or is cut into words of which one does. So a script tells which variables stand there,
// and where the values of variables come from; who knows the values of the run judges.

// spread is a variable that stands where its value could become an option.
type spread struct {
	name string
	how  loose // what its value must not be
}

// feed says that the value of a variable becomes part of another's, or, without the
// first, how the value of a variable may be.
type feed struct {
	from, to string
	how      loose
}

// unsettled are variables that the shell fills with blanks, or with what it was given.
var unsettled = wordSet("_ 0 IFS PS0 PS1 PS2 PS3 PS4 REPLY OPTARG MAPFILE COMP_WORDBREAKS")

// ofShell judges a variable that the shell fills.
func ofShell(name string) loose {
	if unsettled[name] || strings.HasPrefix(name, "BASH_") {
		return anything
	}
	return 0
}

// minds reports whether options may do harm to a reading command that are given to it
// where other values are expected.
func minds(name string) bool {
	_, client := clients[name]
	return client || name == "jq"
}

// must says what the value of the variables of an argument must not be.
func (a argument) must() loose {
	switch {
	case a.unquoted:
		return anything
	case a.begins:
		return dashes
	}
	return 0
}

// slack reports whether an expansion of a word that is more than a variable may make an
// option of it.
func (a argument) slack() bool { return a.how&a.must() != 0 }

// spreads notes the variables of a command's arguments that could become its options.
func (s *script) spreads(name string, args []argument) {
	if !minds(name) {
		return
	}
	for _, a := range args {
		if how := a.must(); how != 0 && a.vars != "" {
			for name := range strings.FieldsSeq(a.vars) {
				s.spread = append(s.spread, spread{name, how})
			}
		}
	}
}

// takes notes where a variable's value comes from.
func (s *script) takes(name string, value argument) {
	if how := value.how | looseText(value.text); how != 0 {
		s.feeds = append(s.feeds, feed{"", name, how})
	}
	if value.vars != "" {
		for from := range strings.FieldsSeq(value.vars) {
			s.feeds = append(s.feeds, feed{from, name, 0})
		}
	}
}

// takesWord is takes for a word of the syntax tree; those without an expansion or a blank
// tell nothing.
func (s *script) takesWord(name *syntax.Lit, value *syntax.Word) {
	if name != nil && value != nil {
		s.takes(name.Value, argumentOf(value))
	}
}

// settle brings what was noted in order, and judges it as far as the script alone tells.
func (s *script) settle() {
	slices.SortFunc(s.spread, func(a, b spread) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.how, b.how)) })
	s.spread = slices.Compact(s.spread)
	slices.SortFunc(s.feeds, func(a, b feed) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.how, b.how))
	})
	s.feeds = slices.Compact(s.feeds)
	if s.harmless && len(s.spread) > 0 {
		s.harmless = !s.mayGiveOptions(flow([]script{*s}, ofShell))
	}
}

// mayGiveOptions reports whether a variable could become an option, by how the values may be.
func (s *script) mayGiveOptions(values map[string]loose) bool {
	return slices.ContainsFunc(s.spread, func(v spread) bool { return v.how&values[v.name] != 0 })
}

// flow tells how the values of variables may be that scripts use, those included that come
// from other variables. known tells of a variable by itself.
func flow(scripts []script, known func(name string) loose) map[string]loose {
	values, next := map[string]loose{}, map[string][]string{}
	var changed []string
	note := func(name string, how loose) {
		if values[name]|how != values[name] {
			values[name] |= how
			changed = append(changed, name)
		}
	}
	for _, s := range scripts {
		for _, v := range s.spread {
			note(v.name, known(v.name))
		}
		for _, f := range s.feeds {
			if f.from == "" {
				note(f.to, f.how)
				continue
			}
			next[f.from] = append(next[f.from], f.to)
			note(f.from, known(f.from))
		}
	}
	for len(changed) > 0 {
		from := changed[len(changed)-1]
		changed = changed[:len(changed)-1]
		for _, to := range next[from] {
			note(to, values[from])
		}
	}
	return values
}
