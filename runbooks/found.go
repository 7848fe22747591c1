package runbooks

import (
	"fmt"
	"slices"
	"strings"
)

// resolver finds the values that a runbook needs: declared ones, those that an
// action sets, and those that only the text mentions.
type resolver struct {
	*builder
	index    map[string]int    // of rb.Params by name
	folded   map[string]string // declared names by their folded form
	secret   map[string]bool
	assigned map[string][]string // variables that blocks so far set, and their scenarios
}

// resolve fills the runbook's parameters and secrets, and what each action uses.
func (b *builder) resolve() {
	r := &resolver{
		builder: b, index: map[string]int{}, folded: map[string]string{}, secret: map[string]bool{}, assigned: map[string][]string{},
	}
	r.declared()
	actions := r.inOrder()
	for _, a := range actions {
		r.fillIn(a)
	}
	// Arguments first: X=$1 names a parameter for every block that reads $X.
	for _, a := range actions {
		r.arguments(a)
	}
	for _, a := range actions {
		r.action(a)
		r.assigns(a)
	}
	r.distrust(actions)
	for _, p := range b.placed {
		r.prose(p.Step)
	}
	for _, s := range b.sections {
		for _, name := range templates(proseOf(s.Body)) {
			r.need(name, OriginText, s.Line)
		}
	}
}

// inOrder returns the actions in the order of the walk, and notes where they stand.
func (r *resolver) inOrder() []*placedAction {
	byAction := inTurn(r.actions, func(a *placedAction) *Action { return a.Action })
	bySteps := inTurn(r.placed, func(p *placed) *Step { return p.Step })
	list := make([]*placedAction, 0, len(r.actions))
	var visit func(step *Step, s *sect)
	visit = func(step *Step, s *sect) {
		for _, action := range step.Actions {
			a := byAction(action)
			a.step, a.sect = step, s
			list = append(list, a)
		}
		for _, sub := range step.Substeps {
			visit(sub, s)
		}
	}
	for _, step := range r.rb.Sequence {
		visit(step, bySteps(step).from)
	}
	return list
}

// inTurn returns what finds the element of a list by its key. It is quick as long as
// it is asked in the order of the list, which it mostly is.
func inTurn[K comparable, E any](list []E, key func(E) K) func(K) E {
	next := 0
	var known map[K]E
	return func(wanted K) E {
		if next < len(list) && key(list[next]) == wanted {
			next++
			return list[next-1]
		}
		if known == nil {
			known = make(map[K]E, len(list))
			for _, e := range list {
				known[key(e)] = e
			}
		}
		return known[wanted]
	}
}

// assigns notes the variables that an action's script sets: they are the state of
// the session for the blocks after it.
func (r *resolver) assigns(a *placedAction) {
	for name := range a.script.assigned {
		if !slices.Contains(r.assigned[name], a.Scenario) {
			r.assigned[name] = append(r.assigned[name], a.Scenario)
		}
	}
}

// isState reports whether a variable that an action reads was set by the action
// itself or by one before it that is run in the same scenario.
func (r *resolver) isState(name string, a *placedAction) bool {
	if a.script.assigned[name] {
		return true
	}
	return slices.ContainsFunc(r.assigned[name], func(scenario string) bool {
		return scenario == "" || a.Scenario == "" || scenario == a.Scenario
	})
}

// declared takes the front matter's parameters and those that actions set.
func (r *resolver) declared() {
	for _, p := range r.fm.params {
		if _, twice := r.index[p.Name]; twice {
			r.f.add(SeverityError, "duplicate-name", p.Line, p.column, fmt.Sprintf("the parameter %q is declared twice", p.Name), "remove one of them")
			continue
		}
		r.add(p)
		r.folded[strings.ToLower(p.Name)] = p.Name
	}
	for _, s := range r.fm.secrets {
		if _, both := r.index[s]; both {
			r.error("duplicate-name", 1, 0, fmt.Sprintf("%q is declared both as a secret and as a parameter", s), "keep it in secrets")
		}
		r.addSecret(s)
	}
	for _, p := range slices.Concat(r.src.variables, r.textParams) {
		if _, known := r.index[p.Name]; known || r.secret[p.Name] || refusedName(p.Name) {
			continue
		}
		if secretName(p.Name) {
			r.addSecret(p.Name)
			continue
		}
		r.add(p)
	}
	for _, p := range r.inputs {
		if i, known := r.index[p.Name]; known {
			if q := &r.rb.Params[i]; q.Pattern == "" {
				q.Pattern = p.Pattern
			}
			continue
		}
		r.add(p)
	}
	for _, a := range r.actions {
		for _, c := range a.Settings.Capture {
			if _, known := r.index[c.Name]; !known {
				r.add(Param{Name: c.Name, Label: c.Name, Options: []string{}, Origin: OriginCapture, Line: a.Line})
			}
		}
	}
}

func (r *resolver) add(p Param) {
	if p.Options == nil {
		p.Options = []string{}
	}
	r.index[p.Name] = len(r.rb.Params)
	r.rb.Params = append(r.rb.Params, p)
}

func (r *resolver) addSecret(name string) {
	if !r.secret[name] {
		r.secret[name] = true
		r.rb.Secrets = append(r.rb.Secrets, name)
	}
}

// need returns whether name is a parameter or a secret, after adding it as one
// when nothing else is known by that name.
func (r *resolver) need(name, origin string, line int) (param, secret bool) {
	if _, known := r.index[name]; known {
		return true, false
	}
	if r.secret[name] {
		return false, true
	}
	if _, trusted := r.fm.env[name]; trusted || refusedName(name) || environment[name] {
		return false, false
	}
	if secretName(name) {
		r.addSecret(name)
		return false, true
	}
	if answer, named := r.answer(name); named {
		r.add(answer)
		return true, false
	}
	r.add(Param{Name: name, Label: name, Required: true, Origin: origin, Line: line})
	return true, false
}

// answer returns the value that answering a choice or a confirm of that name sets.
func (r *resolver) answer(name string) (Param, bool) {
	for _, a := range r.actions {
		if a.Name != name || a.Kind != KindChoice && a.Kind != KindConfirm {
			continue
		}
		p := Param{Name: name, Label: name, Origin: OriginCapture, Options: []string{"yes", "no"}, Line: a.Line}
		if a.Kind == KindChoice {
			p.Options = make([]string, len(a.Options))
			for i, o := range a.Options {
				p.Options[i] = o.Key
			}
		}
		return p, true
	}
	return Param{}, false
}

// use notes what an action needs.
func (r *resolver) use(a *Action, name, origin string) {
	param, secret := r.need(name, origin, a.Line)
	if param && !slices.Contains(a.Uses, name) {
		a.Uses = append(a.Uses, name)
	}
	if secret && !slices.Contains(a.Secrets, name) {
		a.Secrets = append(a.Secrets, name)
	}
}

// environment are variables that the shell or the system sets.
var environment = wordSet(`HOSTNAME RANDOM SECONDS LINENO OPTARG OPTIND REPLY FUNCNAME PIPESTATUS LANG MAIL SHLVL COLUMNS LINES HISTFILE
	KUBECONFIG SSH_AUTH_SOCK XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_STATE_HOME DISPLAY EPOCHSECONDS GOPATH PROMETHEUS_URL`)

// secretName recognises variables that hold a secret by the end of their name; in
// small letters it must be a word of its own.
func secretName(name string) bool {
	for _, end := range []string{"TOKEN", "SECRET", "PASSWORD", "KEY", "_PASS"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	word := name[strings.LastIndexByte(name, '_')+1:]
	return slices.Contains([]string{"token", "secret", "password", "key", "pass"}, word)
}

var templateForm = lazily(`\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)

// templates returns the names in {{name}}, in order of first use.
func templates(text string) []string {
	var names []string
	for _, p := range inBraces(text, nameLength) {
		if name := text[p.name:p.behind]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// proseOf returns Markdown without its fenced code.
func proseOf(markdown string) string {
	if !strings.Contains(markdown, "{{") {
		return ""
	}
	var b strings.Builder
	var code fence
	for line := range strings.SplitSeq(markdown, "\n") {
		if !code.next(line, 0) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// stepTemplates returns the names in the {{name}} of a step's own text.
func stepTemplates(s *Step) []string {
	if !strings.Contains(s.Text, "{{") && !strings.Contains(s.Body, "{{") {
		return nil
	}
	return templates(s.Text + "\n" + proseOf(s.Body))
}

// prose finds parameters in the text of steps.
func (r *resolver) prose(s *Step) {
	for _, name := range stepTemplates(s) {
		r.need(name, OriginText, s.Line)
	}
	for _, sub := range s.Substeps {
		r.prose(sub)
	}
}

// action finds what one action uses, in the order in which it stands there.
func (r *resolver) action(a *placedAction) {
	for _, name := range a.Settings.Args {
		if !validName(name) {
			a.fail("invalid-name", "args", fmt.Sprintf("the argument %q is not the name of a parameter", name), "write args=\"connector version\"")
			continue
		}
		r.use(a.Action, name, OriginText)
		if i, ok := r.index[name]; ok && r.rb.Params[i].FreeText {
			a.fail("text-as-argument", "args", fmt.Sprintf("%s is free text and must not be an argument", name), "read it as $"+name+" in the script")
		}
	}
	s := a.Settings
	fields := [...]string{a.Code, s.Cwd, s.Host, s.Target, s.Until, s.Expect, a.Caption}
	if a.Kind == KindShell {
		r.script(a)
		fields[0] = "" // its variables come from outside
	}
	r.askBlanks(a)
	for _, field := range fields {
		for _, name := range templates(field) {
			r.use(a.Action, name, OriginText)
		}
	}
}

// script finds the variables and placeholders of a script.
func (r *resolver) script(a *placedAction) {
	if !a.isShell() {
		for _, m := range quotedName().FindAllStringSubmatch(a.Code, -1) {
			if _, known := r.index[m[1]]; known || r.secret[m[1]] {
				r.use(a.Action, m[1], OriginVariable)
			}
		}
		return
	}
	s := a.script
	for _, name := range s.reads {
		if slices.Contains(a.Blanks, name) {
			continue
		}
		_, known := r.index[name]
		if !known && !r.secret[name] && r.isState(name, a) {
			continue
		}
		r.use(a.Action, name, OriginVariable)
		if i, ok := r.index[name]; ok && !known {
			r.rb.Params[i].Note = r.explain(a, name)
			if fallback, optional := s.fallbacks[name]; optional {
				r.rb.Params[i].Required, r.rb.Params[i].Default = false, fallback
			}
		}
	}
}

var quotedName = lazily(`["']([A-Za-z_][A-Za-z0-9_]*)["']`)
