package cli

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/sandbox"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/runbooks/library"
	"genia.ai/bitacora/tui"
)

// literals returns the ids of messages of errors that the package's code names, and the
// calls that give such a message its values.
func literals(t *testing.T) (map[string]bool, []*ast.CallExpr) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	ids, calls := map[string]bool{}, []*ast.CallExpr{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok && idAt(call) >= 0 {
				calls = append(calls, call)
			}
			if id := literal(node); strings.HasPrefix(id, "error.") {
				ids[id] = true
			}
			return true
		})
	}
	return ids, calls
}

func literal(node ast.Node) string {
	text := ""
	if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ = strconv.Unquote(lit.Value)
	}
	return text
}

// idAt is where the id of a message stands among the arguments of a call, or -1.
func idAt(call *ast.CallExpr) int {
	return slices.IndexFunc(call.Args, func(arg ast.Expr) bool { return strings.HasPrefix(literal(arg), "error.") })
}

var anyField = regexp.MustCompile(`\.([A-Z]\w*)`)

func TestErrorsGiveTheirMessagesWhatTheyName(t *testing.T) {
	messages := messagesIn(t, "error")
	ids, calls := literals(t)
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		if !ids[id] {
			t.Errorf("no error says %s", id)
		}
	}
	if len(calls) < 60 {
		t.Errorf("only %d calls were looked at", len(calls))
	}
	for _, call := range calls {
		at := idAt(call)
		id := literal(call.Args[at])
		text, ok := messages[id]
		if !ok {
			t.Errorf("there is no message %s", id)
		}
		if call.Ellipsis.IsValid() {
			continue
		}
		var given, named []string
		for i := at + 1; i < len(call.Args); i += 2 {
			given = append(given, literal(call.Args[i]))
		}
		for _, action := range regexp.MustCompile(`\{\{[^}]*\}\}`).FindAllString(text, -1) {
			for _, m := range anyField.FindAllStringSubmatch(action, -1) {
				named = append(named, m[1])
			}
		}
		slices.Sort(given)
		slices.Sort(named)
		if named = slices.Compact(named); !slices.Equal(given, named) {
			t.Errorf("%s: the values are %q, the message names %q", id, given, named)
		}
	}
}

func printers(t *testing.T) (en, es *i18n.Printer) {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Printer("en"), catalog.Printer("es")
}

func flagError(t *testing.T, args ...string) error {
	t.Helper()
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	flags.BoolP("json", "j", false, "")
	flags.StringP("param", "p", "", "")
	err := flags.Parse(args)
	if err == nil {
		t.Fatalf("%q is nothing wrong", args)
	}
	return err
}

// TestKnownErrorsKeepTheirEnglish guards that the English message of an error that another
// package words says what that package says, and that Spanish says it differently.
func TestKnownErrorsKeepTheirEnglish(t *testing.T) {
	en, es := printers(t)
	since := time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC)
	holder := transcript.Holder{PID: 7, Operator: "ana", Host: "db1", Since: since}
	for _, err := range []error{
		&session.StorageError{Op: "write", Err: fs.ErrPermission},
		&session.NotDriverError{Operator: "ana", Host: "db1", Since: since},
		&transcript.NotFoundError{Name: "x"},
		&transcript.NotFoundError{Name: "x", Candidates: []string{"x1", "x2"}},
		&transcript.DamageError{File: "j", Line: 3, Offset: 12, Reason: "checksum"},
		&transcript.NetworkFilesystemError{Dir: "/n", Type: "nfs"},
		&transcript.LockedError{Dir: "/runs/r1"},
		&transcript.LockedError{Dir: "/runs/r1", Holder: holder},
		transcript.ErrNotStarted, transcript.ErrNoTranscript, runserver.ErrWedged, runserver.ErrNoServer, tui.ErrStalled,
		&library.NotFoundError{Name: "x", Suggestion: "y"},
		&library.NotFoundError{Name: "x", Known: []string{"a", "b"}},
		&runbooks.NoPlaceError{Fragment: "x"},
		&runbooks.NoPlaceError{Fragment: "x", Near: []string{"a", "b"}},
		&sandbox.UnknownFaultError{Fault: "x"},
		&redact.ShortSecretError{Name: "X"},
		runbooks.Param{Name: "p"}.Check(""), runbooks.Param{Name: "p"}.Check(strings.Repeat("a", 1<<20)), runbooks.Param{Name: "p"}.Check("\xff"), runbooks.Param{Name: "p"}.Check("a\x1bb"),
		runbooks.Param{Name: "p", Options: []string{"a", "b"}}.Check("c"), runbooks.Param{Name: "p", Pattern: "a+"}.Check("b"), runbooks.Param{Name: "p", Pattern: "a+", Example: "aa"}.Check("b"),
		flagError(t, "--no"), flagError(t, "-xj"), flagError(t, "--param"), flagError(t, "-p"), flagError(t, "--json=maybe"), flagError(t, "--=x"),
		fmt.Errorf("%w:\n  bitacora watch r1", runserver.ErrWedged),
		errors.Join(wrongUse("error.fault-alone"), &session.StorageError{Op: "close", Err: fs.ErrClosed}),
		wrongUse("error.looked-in", "Detail", &transcript.NotFoundError{Name: "x"}, "Dir", "/d"),
	} {
		if got := words(err, en); got != err.Error() {
			t.Errorf("in English it is\n%s\nbut it was\n%s", got, err)
		}
		if got := words(err, es); got == err.Error() || strings.Contains(got, "<no value>") || strings.Contains(got, "error.") {
			t.Errorf("in Spanish it is %s", got)
		}
	}
}

func TestWhatAnErrorWrapsIsPutIntoWordsToo(t *testing.T) {
	_, es := printers(t)
	missing := &transcript.NotFoundError{Name: "x"}
	err := fmt.Errorf("export: %w", errors.Join(wrongUse("error.looked-in", "Detail", missing, "Dir", "/d"), fs.ErrClosed))
	want := "export: no hay ningún recorrido \"x\"; `bitacora runs` los enumera (se buscó en /d)\nfile already closed"
	if got := words(err, es); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if found, ok := errors.AsType[*transcript.NotFoundError](err); !ok || found != missing || exitCode(err) != exitUsage {
		t.Errorf("found %v, exit code %d", found, exitCode(err))
	}
	if err := fmt.Errorf("read x: %w", os.ErrNotExist); words(err, es) != err.Error() {
		t.Error("what the system says was changed")
	}
}

func TestErrorsOfAScreenAreSpokenOnce(t *testing.T) {
	en, es := printers(t)
	err := speak(wrongUse("error.runbook-errors", "Name", "x", "Errors", 2, "Path", "x.md"), es)
	want := "x tiene errores (2); `bitacora lint x.md` los enumera"
	if err.Error() != want || words(err, en) != want || words(err, es) != want || exitCode(err) != exitUsage {
		t.Errorf("%v, %s, exit code %d", err, words(err, en), exitCode(err))
	}
	if speak(nil, es) != nil {
		t.Error("nothing went wrong, but something is said")
	}
}

func TestLanguageIsFoundInWrongArgumentsToo(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"run x", ""}, {"--lang es run", "es"}, {"run --nosuch --lang=es", "es"}, {"run --lang", ""},
		{"--lang en run --lang es", "es"}, {"note r -- --lang es", ""},
	} {
		if got := wishOf(strings.Fields(test.args)); got != test.want {
			t.Errorf("wishOf(%s) = %q, want %q", test.args, got, test.want)
		}
	}
}

func TestWrongUseHasItsExitCode(t *testing.T) {
	for _, args := range [][]string{{"run", "x", "--plain", "--auto"}, {"completion", "bash", "x"}, {"completion", "bsh"}, {"help", "nothing"}, {"help", "run", "nothing"}, {"run", "-é"}, {"nothing"}, {"run"}, {"run", "x", "--nothing"}} {
		a, err := newApp()
		if err != nil {
			t.Fatal(err)
		}
		a.out, a.err = io.Discard, io.Discard
		root := a.root()
		root.SetArgs(args)
		if err := root.ExecuteContext(t.Context()); exitCode(err) != exitUsage {
			t.Errorf("%v: exit code %d (%v)", args, exitCode(err), err)
		}
	}
}
