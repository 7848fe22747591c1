package runbooks

import (
	"slices"
	"strings"
	"testing"
)

// seedScripts are blocks of every kind that the classifiers tell apart.
var seedScripts = []string{
	"", "ls\n", "$ ls\nout\n", "me@web:~$ a \\\n b\n# c\n[root@x y]# d\n", "kubectl logs <pod> -n {ns} [some-name] YOUR_X\n", "cat <<'E'\n<a>\nE\nx \"<b>\" '<c>' `<d>` $(<e>)\n",
	"export A=Enter a name\n", "X=1 $Y \"${Z}\" w=$V\n", "a:\n  b\nNAME  AGE\n+---+\n", "mysql> select 1;\n", "if true; then\n  x\nfi\n", "echo 'a\n$ b\n", "\t$ x\n\t> y\n", "➜ ls\n", "read X; f() { echo $1; }\n",
	"A=$(kubectl get pod -o name | head -1)\nkubectl logs \"$A\" --tail=20 2>&1 | grep -c 'x y' >/dev/null # end\n",
	"export A=1 B=\"$(cat x)\"; tail -f y | tee z && cd /tmp \\\n  && [ -f \"$A\" ] || ls *.md >>out <in 2>&1\n", "watch ls | head -1 | cat\nsudo tail -f \"a\"$(ls)'-*'\n",
	"P=\"$A\"$B; kubectl get pods -n \"$P\" x$Q ${A}y | jq $P\n", "\"", "${", "\\", "<<<<", "echo \"$(\"\n",
	"cat <<E\n$(ls\nE\n)\nls <x>\nE\n", "A=`cat <<E\nx\nE`\nls\ncat <<'cat'\nE\n`\ncat", "cat <<A <<B\n$(cat <<C\nA\n<b>\nB\nls <c>\n",
}

// FuzzTranscript asserts that taking a transcript apart loses nothing that was
// printed and invents nothing that is run.
func FuzzTranscript(f *testing.F) {
	for _, s := range seedScripts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		got, ok := readTranscript(code)
		if !ok {
			return
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(got.code+got.sample, "\n"), "\n") {
			if !strings.Contains(code, strings.TrimRight(line, "\n")) {
				t.Errorf("%q holds no line %q", code, line)
			}
		}
		if lines := strings.Count(code, "\n") + 1; got.skipped < 0 || got.skipped >= lines || got.commands > lines {
			t.Errorf("%q: %+v", code, got)
		}
	})
}

// FuzzBlanks asserts that only blanks are replaced in a script, each by a variable.
func FuzzBlanks(f *testing.F) {
	for _, s := range seedScripts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		last := 0
		for _, p := range mergeBlanks(placeholders(code), exportPrompts(code)) {
			if p.start < last || p.end <= p.start || p.end > len(code) {
				t.Fatalf("%q: blank %+v behind %d", code, p, last)
			}
			last = p.end
			if p.name == "" && !strings.Contains(code[p.start:p.end], p.text) {
				t.Errorf("%q: %q is not in %q", code, p.text, code[p.start:p.end])
			}
			if name := blankName(p.text); name != "" && (!validName(name) || refusedName(name)) {
				t.Errorf("%q: the variable %q", code, name)
			}
		}
	})
}

// FuzzScript asserts that a plain script is read as the parser of shells reads it.
func FuzzScript(f *testing.F) {
	for _, s := range seedScripts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) <= maxShellBytes {
			agreesWithParser(t, code)
		}
	})
}

// FuzzClassify asserts that no block makes a classifier fail, and that what is run
// of it is part of it.
func FuzzClassify(f *testing.F) {
	for i, s := range seedScripts {
		f.Add([]string{"", "sh", "console", "bash {name=x}", "text", "sql", "sh {\"a\":\"b\"}"}[i%7], s, "The output is:")
	}
	f.Fuzz(func(t *testing.T, info, code, cue string) {
		b := &block{kind: blockCode, verbatim: &verbatim{fenced: true, info: info, code: code, cue: cue}}
		r := b.reading()
		for line := range strings.SplitSeq(r.code, "\n") {
			if !strings.Contains(code, line) {
				t.Errorf("%q would run %q", code, line)
			}
		}
		if r.class != codeAction && r.kind == KindShell && r.code != "" && strings.TrimSpace(r.code) != "" {
			t.Errorf("%q is class %d of kind %s", code, r.class, r.kind)
		}
	})
}

// FuzzHeading asserts that every heading has a phase and a kind that exist.
func FuzzHeading(f *testing.F) {
	for _, s := range []string{"", "Paso 3: Ejecución", "3.1 Fix", "Scenario 2", "Prévention des pannes", "Meaning", "🔥 Impact", "1)", "Step 1.2.3: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, heading string) {
		title := readTitle(heading)
		if phase := phaseOf(title.words); phase != PhaseNone && phaseRank(phase) < 0 {
			t.Errorf("%q is of phase %q", heading, phase)
		}
		if kind := kindOf(title.words); !slices.Contains([]SectionKind{"", SectionContext, SectionReference, SectionChecklist}, kind) {
			t.Errorf("%q is of kind %q", heading, kind)
		}
	})
}

// FuzzSiteMarkup asserts that no line is lost or added.
func FuzzSiteMarkup(f *testing.F) {
	for _, s := range []string{"", "!!! note \"x\"\n    a\n\n    ```\n    !!! b\n", "=== \"t\"\n\n\ta\n", "{{< ref \"./x\" >}}\n<% x %>\n", "??? a\n        b\n  c\n"} {
		f.Add(s, "Title")
	}
	f.Fuzz(func(t *testing.T, text, title string) {
		s := &source{lines: strings.Split(text, "\n")}
		s.plainMarkup(title)
		if len(s.lines) != 1+strings.Count(text, "\n") {
			t.Errorf("%q has %d lines", text, len(s.lines))
		}
		for line, moved := range s.shifted {
			if moved < 1 || line < 1 || line > len(s.lines) {
				t.Errorf("%q: line %d moved by %d", text, line, moved)
			}
		}
	})
}

// FuzzInfo asserts that attributes stand where they are said to stand.
func FuzzInfo(f *testing.F) {
	for _, s := range []string{"", "sh {name=a}", `sh {"a":1}`, "sh { a=b c='d e' }", "js {1,3}", "{", "sh {\"a\":{}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, info string) {
		in, err := readInfo(info)
		if err != nil && (err.at < 0 || err.at > len(info)) {
			t.Errorf("%q: error at %d", info, err.at)
		}
		for _, a := range in.attrs {
			if a.at < 0 || a.at > len(info) {
				t.Errorf("%q: %q at %d", info, a.key, a.at)
			}
		}
		for name := range ReadINI([]byte(info)) {
			if !validName(name) {
				t.Errorf("%q gives %q", info, name)
			}
		}
	})
}
