package runbooks

import (
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

// TestWhatStandsBehindAHashIsSeen names scripts whose # a shell takes for a part of a word
// though the parser of shells alone would not: what runs behind it counts.
func TestWhatStandsBehindAHashIsSeen(t *testing.T) {
	for _, begin := range []string{
		"A=$(ls \"$HOME\"#x", "(ls ''#", "(ls \"a\"\\\n#", "(ls a\\ #", "(ls a\r#", "(ls `ls`#", "(ls ${a}#", "(ls $a#", "(ls $(ls)#",
		"(ls $((1))#", "(ls <(ls)#", "(ls ${a:-$(ls \"x\"#x\n)}", "(ls $'a'#",
	} {
		// What is read with something in its place may be warned of; it proves nothing.
		if s := newShellReader().read(begin + "; ls\n)\n"); s.harmless && !strings.Contains(begin, `\ #`) {
			t.Errorf("%q and ls are taken to read", begin)
		}
		for _, code := range []string{begin + "; kubectl delete ns shop\n)\n", begin + "; kubectl delete ns shop)\n"} {
			if s := newShellReader().read(code); s.harmless {
				t.Errorf("%q is taken to read", code)
			}
			if destroysInShell(code) == "" {
				t.Errorf("nothing is seen to destroy in %q", code)
			}
		}
	}
}

// TestHashesThatAreRead names scripts with a # within a word that are read as they stand.
func TestHashesThatAreRead(t *testing.T) {
	for code, want := range map[string]string{
		"ls ${x#y} ${x##*/} ${x/#a/b} $# ${#x} ${x:-#}": "ls", "ls a#b $A#b \"x\"#y 'x'#y": "ls", "# a#b \"x\"#y\nls # see a#b\n": "ls",
		"((a=16#ff)); echo $((16#ff))": "echo", "cat <<E\nx \"#y\nE\n": "cat", "curl https://x/#a \"https://$x/#b\"": "curl", "ls $'a'#b $(ls)#b": "ls ls",
		"sed -e 's#a#b#' -e \"s#$a#b#g\" -e s#a#b#": "sed", "[[ \"a\"#b == x ]]; ls \\\n  # x\n": "ls",
		"case x in\n# \"\"#a\nx) ls # \"\"#b\n;; # \"\"#c\nesac # \"\"#d\nif ls # \"\"#e\nthen # \"\"#f\nls # \"\"#g\nelse # \"\"#h\nls\nfi # \"\"#i\n": "ls ls ls ls",
		"{ ls # \"\"#a\n} # \"\"#b\nfor x in a b # \"\"#c\ndo # \"\"#d\nls; done\na=( # \"\"#e\n x # \"\"#f\n)\nls | # \"\"#g\nls && # \"\"#h\nls\n":    "ls ls ls ls ls",
	} {
		file := parseShell(code)
		if file == nil {
			t.Errorf("%q is not read", code)
			continue
		}
		var got []string
		syntax.Walk(file, func(n syntax.Node) bool {
			if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				got = append(got, call.Args[0].Lit())
			}
			return true
		})
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q calls %q", code, got)
		}
		if rest := notRead(file, insideWords(code)); len(rest) > 0 {
			t.Errorf("%q is read with something in place of %d", code, rest)
		}
	}
}
