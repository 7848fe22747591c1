package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
)

// walkOf is a runbook of one step with a block.
func walkOf(info, code string) string {
	return "---\ntitle: Block\nlang: es\n---\n# Block\n\n## Execution\n\n1. Do it.\n\n```" + info + "\n" + code + "```\n\n2. Afterwards.\n"
}

// startsAndEnds returns what is recorded of the actions of the only run.
func startsAndEnds(t *testing.T, env []string) (starts []event.ActionStarted, ends []event.ActionEnded) {
	t.Helper()
	record, err := transcript.Read(runDir(t, env))
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range record.Events {
		switch data := ev.Data.(type) {
		case event.ActionStarted:
			starts = append(starts, data)
		case event.ActionEnded:
			ends = append(ends, data)
		}
	}
	return starts, ends
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestOneAlternativeRuns picks the second way of a block: only its lines run, and
// the record says which, where they stand, and their hash.
func TestOneAlternativeRuns(t *testing.T) {
	t.Parallel()
	const picked = "echo second; touch second\n"
	text := walkOf("bash {name=fix effect=write}", "touch first\n# or\n"+picked+"# O BIEN:\ntouch third\n")
	before, _, _ := strings.Cut(text, picked)
	line := strings.Count(before, "\n") + 1
	checks := func(t *testing.T, env []string, dir string) {
		t.Helper()
		for name, want := range map[string]bool{"first": false, "second": true, "third": false} {
			if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		starts, _ := startsAndEnds(t, env)
		if len(starts) != 1 || starts[0].Alternative != 2 || starts[0].Line != line || starts[0].CodeSHA256 != hashOf(picked) ||
			starts[0].Command != strings.TrimSuffix(picked, "\n") || len(starts[0].Wrapper) != 64 {
			t.Errorf("recorded: %+v", starts)
		}
	}
	t.Run("full screen", func(t *testing.T) {
		t.Parallel()
		env, dir := home(t), t.TempDir()
		term := open(t, options{cols: 100, rows: 30, env: env, dir: dir}, "run", write(t, "block.md", text))
		trustAndBegin(term)
		term.see("3 alternativas", "enter ejecutar fix")
		term.act("enter", shows("¿cuál de sus alternativas?"))
		term.press("down")
		term.act("enter", shows("¿Ejecutar fix?"))
		term.see("y/enter ejecutar", "echo second; touch second")
		term.act("y", succeeded("fix"))
		checks(t, env, dir)
	})
	t.Run("line by line", func(t *testing.T) {
		t.Parallel()
		env, dir := home(t), t.TempDir()
		term := open(t, options{cols: 100, rows: 50, env: env, dir: dir}, "run", "--plain", write(t, "block.md", text))
		term.see("s/N")
		term.typeText("s").press("enter").see("Intro empieza")
		term.press("enter").see("ofrece 3 alternativas", "2. echo second")
		term.typeText("2").press("enter").see("$ echo second; touch second", "¿Ejecutar exactamente esto?")
		term.typeText("s").press("enter").see("| second")
		poll(t, "the end", func() bool { _, ends := startsAndEnds(t, env); return len(ends) == 1 })
		checks(t, env, dir)
	})
	t.Run("without questions", func(t *testing.T) {
		t.Parallel()
		env, book := home(t), write(t, "block.md", text)
		_, errs, code := command(t, env, "run", "--auto", book)
		if code != 2 || !strings.Contains(errs, "--answer fix=1|2|3") {
			t.Errorf("exit %d: %s", code, errs)
		}
		if _, errs, code = command(t, env, "run", "--auto", "--answer", "fix=4", book); code != 2 || !strings.Contains(errs, "1, 2, 3") {
			t.Errorf("exit %d: %s", code, errs)
		}
		if out, errs, code := command(t, env, "run", "--auto", "--answer", "fix=2", book); code != 0 {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
		starts, _ := startsAndEnds(t, env)
		if len(starts) != 1 || starts[0].Alternative != 2 || starts[0].CodeSHA256 != hashOf(picked) {
			t.Errorf("recorded: %+v", starts)
		}
		if out, errs, code := command(t, env, "rehearse", "--auto", book); code != 0 {
			t.Errorf("a rehearsal: exit %d: %s%s", code, out, errs)
		}
	})
}

// TestWatchIsStoppedByTheOperator follows a log: stopping it is how it is meant to
// end.
func TestWatchIsStoppedByTheOperator(t *testing.T) {
	t.Parallel()
	log := write(t, "log", "first line\n")
	text := walkOf("bash {name=follow effect=read}", "tail -f "+log+"\n")
	stopped := func(t *testing.T, env []string) {
		t.Helper()
		starts, ends := startsAndEnds(t, env)
		if len(starts) != 1 || !starts[0].Endless || len(ends) != 1 || ends[0].Outcome != event.OutcomeOK || ends[0].Stopped != event.StoppedByOperator {
			t.Errorf("recorded: %+v, %+v", starts, ends)
		}
	}
	t.Run("full screen", func(t *testing.T) {
		t.Parallel()
		env := home(t)
		term := open(t, options{cols: 100, rows: 30, env: env}, "run", write(t, "block.md", text))
		trustAndBegin(term)
		term.see("no termina por sí solo", "10 min")
		term.starts(shows("dejar de observar"))
		term.see("first line")
		term.press("ctrl+c")
		term.see("✓ follow", "lo detuvo quien dirige el recorrido", "enter dar el paso por hecho")
		stopped(t, env)
	})
	t.Run("line by line", func(t *testing.T) {
		t.Parallel()
		env := home(t)
		term := open(t, options{cols: 100, rows: 50, env: env}, "run", "--plain", write(t, "block.md", text))
		term.see("s/N")
		term.typeText("s").press("enter").see("Intro empieza")
		term.press("enter").see("No termina por sí solo", "Intro la ejecuta")
		term.press("enter").see("| first line")
		term.typeText("cancelar").press("enter").see("lo detuvo quien dirige el recorrido")
		stopped(t, env)
	})
	t.Run("without questions", func(t *testing.T) {
		t.Parallel()
		env := home(t)
		_, errs, code := command(t, env, "run", "--auto", write(t, "block.md", text))
		if code != 2 || !strings.Contains(errs, "follow") || !strings.Contains(errs, "timeout=") {
			t.Errorf("exit %d: %s", code, errs)
		}
		limited := strings.Replace(text, "effect=read", "effect=read timeout=1s", 1)
		if out, errs, code := command(t, env, "run", "--auto", write(t, "block.md", limited)); code != 0 || !strings.Contains(out, "first line") {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
		if _, ends := startsAndEnds(t, env); len(ends) != 1 || ends[0].Outcome != event.OutcomeOK || ends[0].Stopped != event.StoppedByTimeout {
			t.Errorf("recorded: %+v", ends)
		}
		if out, errs, code := command(t, env, "rehearse", "--auto", write(t, "block.md", text)); code != 0 {
			t.Errorf("a rehearsal: exit %d: %s%s", code, out, errs)
		}
	})
}

// TestWhatWasReviewedIsWhatRuns swaps the runbook's file, and a link to it, between
// the confirmation's display and the yes: the bytes that were shown run.
func TestWhatWasReviewedIsWhatRuns(t *testing.T) {
	t.Parallel()
	good, evil := walkOf("bash {name=act effect=write}", "touch reviewed\n"), walkOf("bash {name=act effect=write}", "touch swapped\n")
	swaps := map[string]func(t *testing.T, file, link string){
		"file written over": func(t *testing.T, file, _ string) {
			if err := os.WriteFile(file, []byte(evil), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"file replaced": func(t *testing.T, file, _ string) {
			if err := os.Rename(write(t, "evil.md", evil), file); err != nil {
				t.Fatal(err)
			}
		},
		"link turned": func(t *testing.T, _, link string) {
			if err := os.Remove(link); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(write(t, "evil.md", evil), link); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, swap := range swaps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env, dir := home(t), t.TempDir()
			file, link := write(t, "act.md", good), filepath.Join(t.TempDir(), "link.md")
			if err := os.Symlink(file, link); err != nil {
				t.Fatal(err)
			}
			term := open(t, options{cols: 100, rows: 30, env: env, dir: dir}, "run", link)
			trustAndBegin(term)
			term.see("enter ejecutar act")
			term.act("enter", shows("¿Ejecutar act?"))
			swap(t, file, link)
			term.act("y", succeeded("act"))
			if _, err := os.Stat(filepath.Join(dir, "reviewed")); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "swapped")); err == nil {
				t.Error("what was swapped in ran")
			}
			starts, _ := startsAndEnds(t, env)
			if len(starts) != 1 || starts[0].CodeSHA256 != hashOf("touch reviewed\n") {
				t.Errorf("recorded: %+v", starts)
			}
		})
	}
}

// TestConfirmationOnTheTerminal: a write takes one key, but only after a quiet
// moment; what is typed ahead does nothing; what is destroyed is typed.
func TestConfirmationOnTheTerminal(t *testing.T) {
	t.Parallel()
	env, dir := home(t), t.TempDir()
	text := "---\ntitle: Keys\nlang: es\n---\n# Keys\n\n## Execution\n\n1. Write.\n\n" +
		"```bash {name=undeclared}\ntouch written\n```\n\n2. Destroy.\n\n" +
		"```bash {name=destroy effect=destructive target=\"base\"}\ntouch destroyed\n```\n"
	exists := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	term := open(t, options{cols: 100, rows: 30, env: env, dir: dir}, "run", write(t, "keys.md", text))
	trustAndBegin(term)
	term.see("enter ejecutar undeclared", "escribe")
	// All in one write, as from a keyboard that was hit before the dialog stood there.
	term.press("\ryyyy\ry\ryyy")
	term.see("¿Ejecutar undeclared?", "0/2 pasos")
	if starts, _ := startsAndEnds(t, env); len(starts) > 0 || exists("written") {
		t.Fatal("keys that were typed ahead confirmed a write")
	}
	pressed := time.Now()
	term.actAgain("y", succeeded("undeclared"), tooFast.MatchString)
	if !exists("written") {
		t.Fatalf("a deliberate yes did nothing (%v later)", time.Since(pressed))
	}
	term.done()
	term.see("enter ejecutar destroy")
	term.act("enter", shows("¿Ejecutar destroy?"))
	term.act("esc", lacks("¿Ejecutar destroy?"))
	term.press("\rbase\rs\r")
	term.see("¿Ejecutar destroy?", "1/2 pasos")
	term.actAgain("x", func(screen string) bool { return strings.Contains(screen, "> x") }, tooFast.MatchString)
	term.press("enter")
	term.see("no se ha ejecutado nada")
	if exists("destroyed") {
		t.Fatal("another word than the target started it")
	}
	term.press("ctrl+u").typeText("base").press("enter")
	term.until("the end", succeeded("destroy"))
	if !exists("destroyed") {
		t.Error("the target that was typed did not start it")
	}
	record, err := transcript.Read(runDir(t, env))
	if err != nil {
		t.Fatal(err)
	}
	var confirmed []string
	for _, ev := range record.Events {
		if data, ok := ev.Data.(event.ActionConfirmed); ok {
			confirmed = append(confirmed, fmt.Sprint(data.Action, " ", data.Effect, " ", data.Target))
		}
	}
	if len(confirmed) != 2 || !strings.HasSuffix(confirmed[0], " write ") || !strings.HasSuffix(confirmed[1], " destructive base") {
		t.Errorf("confirmed: %q", confirmed)
	}
}
