package actions

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"genia.ai/bitacora/runbooks"
)

// TestRehearsalReachesNothingThatActs follows every name that rehearsal.go uses
// through the package and fails when one is declared in a file that imports
// something able to spawn, dial or write.
func TestRehearsalReachesNothingThatActs(t *testing.T) {
	able := []string{"net", "net/http", "net/smtp", "os", "os/exec", "syscall", "plugin", "unsafe",
		"github.com/go-resty/resty/v2", "github.com/wneessen/go-mail", "genia.ai/bitacora/internal/process"}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	imports := map[string][]string{} // by file
	declared := map[string]string{}  // file by name
	uses := map[string][]string{}    // names by name
	var roots []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			imports[name] = append(imports[name], path)
		}
		for _, decl := range file.Decls {
			for _, declares := range declaredBy(decl) {
				declared[declares] = name
				uses[declares] = append(uses[declares], usedBy(decl)...)
				if name == "rehearsal.go" {
					roots = append(roots, declares)
				}
			}
		}
	}
	seen := map[string]bool{}
	files := map[string]bool{}
	for queue := roots; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if seen[name] || declared[name] == "" {
			continue
		}
		seen[name] = true
		files[declared[name]] = true
		queue = append(queue, uses[name]...)
	}
	if !files["rehearsal.go"] || !files["httprequest.go"] || !files["shellplan.go"] {
		t.Fatalf("the names were not followed: %v", files)
	}
	for file := range files {
		for _, path := range imports[file] {
			if slices.Contains(able, path) {
				t.Errorf("a rehearsal reaches %s, which imports %s", file, path)
			}
		}
	}
	for _, e := range Rehearsal() {
		if typ := reflect.TypeOf(e); typ.Kind() != reflect.Struct || typ.NumField() != 0 {
			t.Errorf("%s holds something", typ)
		}
	}
}

// declaredBy returns the names that a declaration declares. A method counts as
// part of its type: whoever holds the type can call it.
func declaredBy(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		typ := d.Recv.List[0].Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		return []string{typ.(*ast.Ident).Name + "." + d.Name.Name}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.Name != "_" {
						names = append(names, n.Name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// usedBy returns the names that a declaration uses. A selected name may be a
// method of any of the planning types.
func usedBy(decl ast.Decl) []string {
	var names []string
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			for _, typ := range []string{"values", "guard", "httpPlan", "queryPlan", "span", "shellPlan", "mailPlan", "mailServer", "ShellState", "jsonCompare"} {
				names = append(names, typ+"."+n.Sel.Name)
			}
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	return names
}

func TestRehearsalGivesTheSample(t *testing.T) {
	action := httpAction("POST {{API}}/{{id}}\n\n{\"n\": {{n}}}", runbooks.Settings{
		Expect: "500", Until: "503", Capture: []runbooks.Capture{{Name: "a", Selector: "$.a"}, {Name: "b", Selector: "$.b"}},
	})
	action.SampleOutput = "HTTP/1.1 200 OK\nX: y\n\n{\"a\": 5}"
	exec := Rehearsal()[runbooks.KindHTTP]
	p, err := exec.Preview(Request{Action: action, Hosts: []string{"api.example"}, Params: map[string]string{"id": "x"}})
	if want := "POST http://api.invalid/x\nContent-Type: application/json\n\n{\"n\": <n>}"; err != nil || p.Command != want {
		t.Errorf("preview %q, %v", p.Command, err)
	}
	out := newRecorder()
	r := exec.Execute(t.Context(), Request{Action: action}, out)
	if r.Outcome != OutcomeSimulated || !reflect.DeepEqual(r.Captured, map[string]string{"a": "5", "b": "<b>"}) || r.Met != nil || r.Status != 0 {
		t.Errorf("got %s", show(r))
	}
	if out.text(StreamOut) != action.SampleOutput+"\n" {
		t.Errorf("printed %q", out.all())
	}
}

func TestRehearsalRefusesWhatTheRunWould(t *testing.T) {
	for kind, req := range map[runbooks.Kind]Request{
		runbooks.KindHTTP:  {Action: httpAction("GET {{API}}/{{v}}", runbooks.Settings{}), Params: map[string]string{"v": "../.."}},
		runbooks.KindShell: {Action: script("x", runbooks.Settings{Args: []string{"v"}}), Params: map[string]string{"v": "--x"}},
		runbooks.KindMail:  {Action: mailAction("To: a@x.example\nSubject: {{v}}\n\nx"), Params: map[string]string{"v": "a\r\nb"}},
	} {
		if _, err := Rehearsal()[kind].Preview(req); err == nil {
			t.Errorf("%s: accepted", kind)
		}
	}
}
