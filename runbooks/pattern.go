package runbooks

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// lazily is a regular expression that is compiled when it is first asked for: a
// runbook needs few of them, and every start of the program would pay for all.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// whole is an author's pattern as a value must match it, from end to end.
func whole(pattern string) string { return `\A(?:` + pattern + `)\z` }

var defaultForm = lazily(whole(defaultPattern))

func compileWhole(pattern string) (*regexp.Regexp, error) {
	if pattern == defaultPattern {
		return defaultForm(), nil
	}
	return regexp.Compile(whole(pattern))
}

// compiles returns the error of compiling an author's pattern, nil when it has none.
// Nothing is compiled to find out: for [a-z]{1,500} that takes a hundred times as long.
func compiles(pattern string) error {
	_, err := syntax.Parse(whole(pattern), syntax.Perl)
	return err
}

// patterns are those of one runbook that were compiled to try them: its parameters
// tend to share them.
type patterns map[string]*regexp.Regexp

func (known patterns) compile(pattern string) (*regexp.Regexp, error) {
	if re, ok := known[pattern]; ok {
		return re, nil
	}
	re, err := compileWhole(pattern)
	if err == nil {
		known[pattern] = re
	}
	return re, err
}
