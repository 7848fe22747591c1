package runbooks

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// pieces are what scripts are put together of, the wrong ways included.
var pieces = strings.Split(`ls|kubectl get|kubectl|jq|P="$A"|Q="a b"|tail|-f|head|-q|grep|watch|sudo|cat|git|status|[|]|-f x|/dev/null|a.md|x=1|A=|export|B=$A|$A|${B}|"$A"|"a $B c"|'q $A'|"x"|'|"|$(|)|2>&1|>|>>|<|2>|&|&&|;|#|*.md|!|-*|{|}|\|`+"`"+`|~|=|:|12|if|"$(|)"|$1|$((|é|@`, "|")

// TestPlainAgreesWithParser puts scripts together at random and asserts that a plain
// one is read as the parser of shells reads it.
func TestPlainAgreesWithParser(t *testing.T) {
	random, plain := rand.New(rand.NewPCG(1, 2)), 0
	const tries = 40000
	for range tries {
		var b strings.Builder
		for range 1 + random.IntN(9) {
			b.WriteString(pieces[random.IntN(len(pieces))])
			b.WriteString([]string{" ", " ", " ", " ", "", "\n", " | ", "\t", "|", " \\\n "}[random.IntN(10)])
		}
		if agreesWithParser(t, b.String()) {
			plain++
		}
	}
	if plain < tries/100 {
		t.Errorf("only %d of %d scripts were plain", plain, tries)
	}
}

// agreesWithParser reports whether a script is plain. It fails where the parser says
// something else of one that is.
func agreesWithParser(t *testing.T, code string) bool {
	t.Helper()
	var got script
	if !got.plain(code) {
		return false
	}
	file := parseShell(code)
	if file == nil {
		t.Errorf("%q is plain, but no shell reads it", code)
		return true
	}
	want := script{harmless: onlyReads(file), endless: neverEnds(file)}
	want.walk(file)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as\n%+v, the parser says\n%+v", code, got, want)
	}
	if got, want := calledBy(code), calledByAny(code); !slices.Equal(got, want) {
		t.Errorf("%q calls %q, the parser says %q", code, got, want)
	}
	return true
}

// TestPlainScripts names what the parser of shells is not needed for.
func TestPlainScripts(t *testing.T) {
	for code, plain := range map[string]bool{
		"ls\n": true, "A=$(kubectl get pod -o name)\nkubectl logs \"$A\" | grep -c x\n": true, "# why\ncurl -fsS https://x/y?z=1 >/dev/null 2>&1\n": true,
		"export A=1 B='x y'; cd /tmp && ls *.md || true\n": true, "docker run \\\n  --rm \\\n  x\n": true, "[ -f x ] && cat x\n": true, "": true, "# only why\n": true,
		"if true; then ls; fi\n": false, "echo $1\n": false, "echo \"a\n": false, "x() { ls; }\n": false, "ls &\n": false, "cat <<E\nx\nE\n": false, "A=1 ls\n": false, "echo `ls`\n": false,
		"ls |\n": false, "echo <pod>\n": false, "$A x\n": false, "echo $((1+1))\n": false, "ls # why\\\nrm x\n": false, "printf -v A x\n": false,
	} {
		if got := agreesWithParser(t, code); got != plain {
			t.Errorf("%q: plain is %v", code, got)
		}
	}
}
