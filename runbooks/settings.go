package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settings parses the attributes that an executor reads.
func (d *declaring) settings() {
	a := d.a
	s := &a.Settings
	s.Timeout, s.Interval = d.duration("timeout"), d.duration("interval")
	s.Retries = d.number("retries")
	d.network()
	s.Confirm = d.bool("confirm") || s.Apart
	s.Interactive = d.bool("interactive") && a.Kind == KindShell
	s.Until, s.Expect = a.Attrs["until"], a.Attrs["expect"]
	s.Cwd, s.Host, s.Target = a.Attrs["cwd"], a.Attrs["host"], a.Attrs["target"]
	if s.Cwd == "" && a.Kind == KindShell {
		s.Cwd = d.fm.cwd
	}
	s.Undo, s.After, s.Role = a.Attrs["undo"], a.Attrs["after"], a.Attrs["role"]
	s.Default = a.Attrs["default"]
	s.Args = strings.Fields(a.Attrs["args"])
	for code := range strings.SplitSeq(a.Attrs["expect-exit"], ",") {
		code = strings.TrimSpace(code)
		if code == "" {
			continue
		}
		n, err := strconv.Atoi(code)
		if err != nil || n < 0 || n > 255 {
			d.fail("invalid-number", "expect-exit", fmt.Sprintf("%q is not an exit code", code), "codes are numbers from 0 to 255, separated by commas")
			continue
		}
		s.ExpectExit = append(s.ExpectExit, n)
	}
	d.captures()
	d.effect()
	d.interactive()
	if a.Kind == KindConfirm && s.Default != "" && s.Default != "yes" && s.Default != "no" {
		d.fail("invalid-default", "default", fmt.Sprintf("the default %q of a confirm is neither yes nor no", s.Default), "write default=yes or default=no")
	}
}

// readsItsScript are the languages whose interpreter reads the script where it would
// read the keys.
var readsItsScript = wordSet("node nodejs js javascript")

// interactive refuses to repeat a talk: nobody would answer the same questions
// again and again. It refuses too where the terminal cannot be had.
func (d *declaring) interactive() {
	if !d.a.Settings.Interactive {
		return
	}
	for _, name := range []string{"retries", "until"} {
		if _, given := d.a.Attrs[name]; given {
			d.fail("repeats-a-talk", name, name+" runs the action again, but it is interactive", "remove "+name)
		}
	}
	if d.a.Settings.Host != "" {
		d.fail("talk-without-terminal", "host", "a block on another host cannot have the operator's terminal", "call ssh in an interactive block without host")
	}
	if lang := cmp.Or(d.a.Settings.Interpreter, d.a.Lang); readsItsScript[strings.ToLower(lang)] {
		d.fail("talk-without-terminal", "interactive", lang+" reads its script where it would read the keys", "use another language, or a shell block that calls it")
	}
}

func (d *declaring) duration(name string) time.Duration {
	value, given := d.a.Attrs[name]
	if !given {
		return 0
	}
	n, err := ParseDuration(value)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s must be longer than nothing", name)
	}
	if err != nil {
		d.fail("invalid-duration", name, fmt.Sprintf("%s: %v", name, err), "")
	}
	return n
}

func (d *declaring) number(name string) int {
	value, given := d.a.Attrs[name]
	if !given {
		return 0
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 1000 {
		d.fail("invalid-number", name, fmt.Sprintf("%s: %q is not a number from 0 to 1000", name, value), "")
		return 0
	}
	return n
}

func (d *declaring) bool(name string) bool {
	value, given := d.a.Attrs[name]
	if !given {
		return false
	}
	if _, err := strconv.ParseBool(value); err != nil {
		d.fail("invalid-bool", name, fmt.Sprintf("%s: %q is neither true nor false", name, value), "write "+name+"=true")
	}
	return isTrue(value)
}

func (d *declaring) captures() {
	for field := range strings.FieldsSeq(d.a.Attrs["capture"]) {
		name, selector, _ := strings.Cut(field, "=")
		switch {
		case !validName(name):
			d.fail("invalid-name", "capture", fmt.Sprintf("capture %q cannot be the name of a variable", name), "use letters, digits and _")
		case refusedName(name):
			d.fail("refused-name", "capture", fmt.Sprintf("capture %q would change how the shell itself works", name), "choose another name")
		default:
			d.a.Settings.Capture = append(d.a.Settings.Capture, Capture{Name: name, Selector: selector})
		}
	}
}

// effect takes the declared effect, else what the action can be seen to do.
func (d *declaring) effect() {
	a := d.a
	effects := []string{string(EffectRead), string(EffectWrite), string(EffectDestructive)}
	value, given := a.Attrs["effect"]
	switch {
	case a.Kind.Asks():
		a.Effect = EffectRead
	case given && slices.Contains(effects, value):
		a.Effect, a.Declared = Effect(value), true
	case given:
		a.Effect = EffectWrite
		d.fail("unknown-effect", "effect", fmt.Sprintf("unknown effect %q", value), orList(didYouMean(value, effects), effects))
	default:
		a.Effect = inferEffect(a, d.script.harmless)
	}
	if a.Effect != EffectRead {
		d.repeats()
	}
	if a.Effect == EffectDestructive && a.Settings.Target == "" {
		d.note("no-target", "effect", "a destructive action without a target is confirmed by typing its name", "name what is destroyed with target=")
	}
}

// repeats refuses to run again what may change something.
func (d *declaring) repeats() {
	for _, name := range []string{"retries", "until"} {
		if _, given := d.a.Attrs[name]; given && !d.a.Kind.Asks() {
			d.fail("repeats-a-change", name, fmt.Sprintf("%s runs the action again, but it may change something", name), "put effect=read if it only reads, else remove "+name)
		}
	}
}

// inferEffect says what an undeclared action may change. harmless tells whether
// its script is known to only read.
func inferEffect(a *Action, harmless bool) Effect {
	switch a.Kind {
	case KindPromQL:
		return EffectRead
	case KindHTTP:
		if m := httpMethod(a.Code); m == "GET" || m == "HEAD" {
			return EffectRead
		}
	case KindShell:
		if a.inBash() && harmless {
			return EffectRead
		}
	}
	return EffectWrite
}

// httpMethod returns the method of a request as ParseHTTP reads it, so that nothing is
// taken for another one than is sent; of what it refuses, the first word.
func httpMethod(code string) string {
	f := newFenceLines(code)
	for f.more() && (strings.TrimSpace(f.line()) == "" || requestComment(f.line())) {
		f.at++
	}
	if !f.more() {
		return ""
	}
	first := strings.ToUpper(strings.Fields(f.line())[0])
	if req, err := f.requestLine(); err == nil {
		return req.Method
	}
	return first
}

// isShell reports whether an action is a script of a shell.
func (a *Action) isShell() bool {
	return a.Kind == KindShell && isShellLang(cmp.Or(a.Settings.Interpreter, a.Lang))
}

func isShellLang(lang string) bool {
	return lang == "" || isShellWord(strings.ToLower(lang))
}
