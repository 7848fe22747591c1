package actions

import (
	"slices"
	"strings"
	"sync"

	"genia.ai/bitacora/runbooks"
)

// ShellState carries variables, functions and the working directory from one
// shell action of a run to the next, in memory only. A block that fails leaves
// it unchanged. The zero value is the state of a run that has run none; it is
// safe for concurrent use.
type ShellState struct {
	mu    sync.Mutex
	items []carried
	dir   string // "" = the run's own directory
}

// carried is a variable or a function of an earlier block.
type carried struct {
	name string // a function's ends in "()"
	text string // the shell's own text that brings it back
}

// Names returns the names of what is carried, functions as "name()", sorted.
func (s *ShellState) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, c := range s.items {
		if !strings.HasPrefix(c.name, optionPrefix) {
			names = append(names, c.name)
		}
	}
	slices.Sort(names)
	return names
}

// Dir returns the directory in which the last block ended, or "".
func (s *ShellState) Dir() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dir
}

// script is what brings the state back, without the names that the run gives
// values of its own: the declarations, and the options of bash that go with them.
func (s *ShellState) script(except func(name string) bool) (declarations, options []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.items {
		switch text := strings.TrimSuffix(c.text, "\n") + "\n"; {
		case strings.HasPrefix(c.name, optionPrefix):
			options = append(options, text...)
		case !except(c.name):
			declarations = append(declarations, text...)
		}
	}
	return declarations, options
}

// commit takes over what a block left. keepDir leaves the directory as it was.
func (s *ShellState) commit(before, after []carried, dir string, except func(name string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := byName(s.items)
	was := byName(before)
	is := byName(after)
	var items []carried
	for _, c := range after {
		_, ours := old[c.name]
		if text, known := was[c.name]; !except(c.name) && (ours || !known || text != c.text) {
			items = append(items, c)
		}
	}
	for _, c := range before { // unset by the block: the environment would bring it back
		if _, left := is[c.name]; !left && !except(c.name) && !strings.HasSuffix(c.name, "()") {
			items = append(items, carried{c.name, "unset -v " + c.name})
		}
	}
	for _, c := range s.items { // unset by an earlier one
		if _, left := is[c.name]; !left && strings.HasPrefix(c.text, "unset -v ") {
			items = append(items, c)
		}
	}
	s.items = items
	if dir != "" {
		s.dir = dir
	}
}

func byName(items []carried) map[string]string {
	m := make(map[string]string, len(items))
	for _, c := range items {
		m[c.name] = c.text
	}
	return m
}

// known adds the variables of earlier blocks to those that base tells, without the
// names that the run gives values of its own.
func (s *ShellState) known(base func(string) runbooks.Word, except func(string) bool) func(string) runbooks.Word {
	s.mu.Lock()
	defer s.mu.Unlock()
	var declared strings.Builder
	for _, c := range s.items {
		if shellName.MatchString(c.name) && !except(c.name) && len(c.text) <= maxCaptured && declared.Len() < 32<<10 {
			declared.WriteString(strings.TrimSuffix(c.text, "\n") + "\n")
		}
	}
	last := runbooks.Calls(declared.String()+"end", base)
	if len(last) == 0 {
		return base
	}
	return last[len(last)-1].Var
}
