package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// scenes are the screens of the tour in their order, and what each shows.
var scenes = []struct{ name, about string }{
	{"picker", "Which runbook, and when it was last run and rehearsed."},
	{"filter", "The same, filtered by words."},
	{"briefing", "What should be known before the first step."},
	{"trust", "The first time a text of one's own is run."},
	{"walk", "A step, and what its action printed."},
	{"help", "Every key, what it does now, or why it does nothing."},
	{"note", "A note, at any moment."},
	{"milestone", "When it began: milestones may be dated back."},
	{"choice", "A decision that steers the walk."},
	{"confirm", "What exactly would change, before a yes."},
	{"destructive", "What is destroyed has to be typed."},
	{"running", "An action that runs, and has been silent for a while."},
	{"resume", "What happened while nobody was there."},
	{"failure", "A failure is a menu, never an exit."},
	{"skip", "Accepting a step although it failed takes a reason."},
	{"timeline", "Everything that was recorded."},
	{"summary", "Before the run is ended: times, deviations, what is left to do."},
	{"plain", "The same walk line by line (`--plain`)."},
	{"rehearsal", "The shipped runbook, rehearsed: nothing is touched."},
}

// shot is a screen that was taken.
type shot struct {
	text, svg string
}

// album holds what was taken until the tour is over.
type album struct {
	dir   string
	check bool

	mu    sync.Mutex
	shots map[string]shot // by file name without extension
}

func fileName(scene, lang string, size size) string {
	return scene + "-" + lang + "-" + size.String()
}

// expected returns the text that is on record, or "".
func (a *album) expected(name string) string {
	text, err := os.ReadFile(filepath.Join(a.dir, name+".txt"))
	if err != nil {
		return ""
	}
	return string(text)
}

func (a *album) add(name string, g grid) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shots[name] = shot{text: g.String(), svg: draw(g, name)}
}

// files returns the content of the whole directory by file name.
func (a *album) files() map[string]string {
	files := map[string]string{"README.md": index()}
	for name, shot := range a.shots {
		files[name+".txt"], files[name+".svg"] = shot.text, shot.svg
	}
	return files
}

// finish writes the album, or compares it with what is on record.
func (a *album) finish() error {
	files := a.files()
	recorded, err := os.ReadDir(a.dir)
	if err != nil {
		return fmt.Errorf("read the recorded screens: %w", err)
	}
	var stale []string
	for _, entry := range recorded {
		if _, known := files[entry.Name()]; !known {
			stale = append(stale, entry.Name())
		}
	}
	if a.check {
		return a.compare(files, stale)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(a.dir, name), []byte(content), 0o644); err != nil {
			return fmt.Errorf("write a screen: %w", err)
		}
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(a.dir, name)); err != nil {
			return fmt.Errorf("remove a screen that is no more: %w", err)
		}
	}
	return nil
}

func (a *album) compare(files map[string]string, stale []string) error {
	var errs []error
	for name, content := range files {
		recorded, err := os.ReadFile(filepath.Join(a.dir, name))
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s is not on record: %w", name, err))
		case string(recorded) != content && strings.HasSuffix(name, ".txt"):
			errs = append(errs, fmt.Errorf("%s differs:\n%s", name, difference(string(recorded), content)))
		case string(recorded) != content:
			errs = append(errs, fmt.Errorf("%s differs", name))
		}
	}
	for _, name := range stale {
		errs = append(errs, fmt.Errorf("%s is no screen of the tour", name))
	}
	if len(errs) > 0 {
		slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return fmt.Errorf("docs/screens is stale: commit what `make tour` writes\n%w", errors.Join(errs...))
	}
	return nil
}

// difference lists the rows that differ.
func difference(recorded, now string) string {
	was, is := strings.Split(recorded, "\n"), strings.Split(now, "\n")
	var b strings.Builder
	for i := range max(len(was), len(is)) {
		var before, after string
		if i < len(was) {
			before = was[i]
		}
		if i < len(is) {
			after = is[i]
		}
		if before != after {
			fmt.Fprintf(&b, "  %2d - %s\n     + %s\n", i+1, before, after)
		}
	}
	return b.String()
}

// index is the README of the directory.
func index() string {
	var b strings.Builder
	b.WriteString("# Screens\n\n`make tour` walks an example runbook in the built program and writes every screen down; `make check` fails when one " +
		"differs.\nTimes, ids, directories and the host are made up.\n\n| screen | |")
	for _, lang := range languages {
		for _, size := range sizes {
			fmt.Fprintf(&b, " %s %s |", lang, size)
		}
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(languages)*len(sizes)) + "\n")
	for _, scene := range scenes {
		fmt.Fprintf(&b, "| %s | %s |", scene.name, scene.about)
		for _, lang := range languages {
			for _, size := range sizes {
				name := fileName(scene.name, lang, size)
				fmt.Fprintf(&b, " [svg](%[1]s.svg) [text](%[1]s.txt) |", name)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
