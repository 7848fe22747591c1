package runbooks

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// outcome checks what the walk leaves behind: whether anybody looks at it, and
// whether what was switched off for it is switched on again.
func (l *linter) outcome() {
	for _, scenario := range l.scenarioIDs() {
		if l.unverified(scenario) {
			break // the others lack the same
		}
	}
	l.reopened()
	l.staging()
}

// scenarioIDs returns the ids of the scenarios, or "" alone when there are none.
func (l *linter) scenarioIDs() []string {
	var ids []string
	for _, alt := range l.alternatives {
		ids = append(ids, alt.ID)
	}
	if len(ids) == 0 {
		return []string{""}
	}
	return ids
}

// verifyWords ask for a look at what was done.
var verifyWords = newLexicon([]row{
	{"verify, verif*, check, checks, confirm, confirms, ensure, validate, make sure", "verific*, comprob*, comprueb*, confirm*, valid*, asegur*", "verific*, confirm*, valid*, assegur*", "verifi*, confirm*, valid*, assur*"},
})

// unverified finds a scenario whose last change nothing that runs looks at. What
// takes a change back, and what is done when all is over, needs no look of its own.
func (l *linter) unverified(scenario string) bool {
	var last *placedAction
	seen := false // something was looked at before
	undoes := map[string]bool{"": false}
	for _, a := range l.walk {
		undoes[a.Settings.Undo] = a.Settings.Undo != ""
	}
	for _, a := range l.walk {
		if !sameWalk(a.Scenario, scenario) || a.step == nil || !sameWalk(a.step.Scenario, scenario) {
			continue
		}
		switch {
		case a.Kind == KindMail || a.Kind == KindInput || a.Kind == KindChoice:
		case a.Effect != EffectRead && a.Kind != KindConfirm && !l.looks(a):
			over := a.step.Phase == PhaseFollowUp || a.step.Phase == PhaseCommunication
			if last == nil && seen && (over || undoes[a.Name] || a.Settings.After != "") {
				continue
			}
			last = a
		default:
			last, seen = nil, true
		}
	}
	if last == nil {
		return false
	}
	at, severity, hint := spot{line: last.blk.line}, SeverityInfo, "add an action that reads the outcome: effect=read with expect= or until="
	for _, s := range l.rb.Sequence {
		if sameWalk(s.Scenario, scenario) && s.Line >= last.step.Line && verifyWords.starts(wordsOf(s.Text)) && len(s.Actions) == 0 {
			at, severity, hint = spot{line: s.Line}, SeverityWarning, "this step asks for it: give it a command that looks, with expect= or until="
			break
		}
	}
	l.report(severity, "no-verification", at, fmt.Sprintf("nothing that is run looks whether the change of line %d worked", last.Line), hint)
	return true
}

// looks reports whether an action tells success by more than its exit code, or
// ends with a command that looks.
func (l *linter) looks(a *placedAction) bool {
	s := a.Settings
	if s.Expect != "" || s.Until != "" || s.Similarity > 0 || s.SampleRegex != "" {
		return true
	}
	if !a.isShell() {
		return false
	}
	t := l.textOf(a)
	for i := len(t.calls) - 1; i >= 0; i-- {
		if c := t.calls[i]; !neverFails[c.name] {
			return seemsToRead(c)
		}
	}
	return false
}

// readingStarts begin the subcommands of clients that only look.
var readingStarts = []string{"get", "list", "describe", "show", "status", "help", "version", "check", "verify", "validate", "wait", "logs", "top", "info", "inspect", "history", "search", "diff", "plan", "ls"}

// seemsToRead reports whether a command looks like one that only reads. Nothing is
// run without a question because of it: commandReads is strict for that.
func seemsToRead(c shellCall) bool {
	if commandReads(c.name, c.args) {
		return true
	}
	switch c.name {
	case "curl":
		return !strings.Contains(c.text(), "-X") && !strings.Contains(c.text(), "--data") && !c.short("dFT")
	case "awk", "sort", "uniq", "column", "yq", "less", "more", "date", "sed", "jq", "grep", "egrep", "nc", "openssl", "journalctl", "dmesg":
		return !c.short("i") || c.name != "sed"
	}
	if readers[c.name] {
		return true
	}
	for n := range 2 {
		verb := strings.ToLower(c.verb(n))
		if c.verb(0) == "rollout" && n == 1 || n == 0 || c.name == "aws" || c.name == "gcloud" || c.name == "az" {
			if slices.ContainsFunc(readingStarts, func(start string) bool { return verb == start || strings.HasPrefix(verb, start+"-") }) {
				return true
			}
		}
	}
	return false
}

// opposite is a pair of words of which the first takes something out of service.
type opposite struct{ closes, opens []string }

var opposites = []opposite{
	{[]string{"disable"}, []string{"enable"}},
	{[]string{"deactivate"}, []string{"activate", "reactivate"}},
	{[]string{"readonly"}, []string{"readwrite", "writable"}},
	{[]string{"cordon"}, []string{"uncordon"}},
	{[]string{"pause"}, []string{"resume", "unpause"}},
	{[]string{"suspend"}, []string{"resume"}},
	{[]string{"mask"}, []string{"unmask"}},
	{[]string{"freeze"}, []string{"unfreeze", "thaw"}},
	{[]string{"lock"}, []string{"unlock"}},
}

var commandWord = lazily(`[A-Za-z]+`)

// commandWords returns the words of what an action does, without what it prints
// and the comments it holds.
func (l *linter) commandWords(a *placedAction) (words []string, removes bool) {
	text := ""
	switch {
	case a.Kind == KindHTTP:
		req, err := ParseHTTP(a.Code)
		if err != nil {
			return nil, false
		}
		text, removes = l.value(req.URL)+" "+req.Body, req.Method == http.MethodDelete
	case a.isShell():
		for _, c := range l.textOf(a).calls {
			if c.name != "echo" && c.name != "printf" {
				text += " " + c.name + " " + c.text()
			}
		}
		removes = strings.Contains(text, "-X DELETE") || strings.Contains(text, "--request DELETE")
	}
	text = strings.NewReplacer("read-only", "readonly", "read_only", "readonly", "read-write", "readwrite", "read_write", "readwrite").Replace(strings.ToLower(text))
	return commandWord().FindAllString(text, -1), removes
}

// deed is what an action does, in words.
type deed struct {
	words   []string
	removes bool
}

// reopened finds what an action takes out of service and no other puts back.
func (l *linter) reopened() {
	deeds := make([]deed, len(l.walk))
	for i, a := range l.walk {
		deeds[i].words, deeds[i].removes = l.commandWords(a)
	}
	for _, pair := range opposites {
		opened := map[string]bool{} // by scenario
		for i, d := range deeds {
			if slices.ContainsFunc(d.words, func(w string) bool {
				return slices.Contains(pair.opens, w) || d.removes && slices.Contains(pair.closes, w)
			}) {
				opened[l.walk[i].Scenario] = true
			}
		}
		for i, d := range deeds {
			a := l.walk[i]
			word := slices.IndexFunc(d.words, func(w string) bool { return slices.Contains(pair.closes, w) })
			if word < 0 || d.removes || opened[""] || opened[a.Scenario] || a.Scenario == "" && len(opened) > 0 {
				continue
			}
			l.report(SeverityWarning, "never-reenabled", l.spotOfWord(a, d.words[word]), fmt.Sprintf("%q takes something out of service, and nothing of the runbook puts it back", d.words[word]),
				fmt.Sprintf("add an action that does (%s …), and look whether it worked", pair.opens[0]))
		}
	}
}

// spotOfWord returns the line of an action that holds a word of what it does.
func (l *linter) spotOfWord(a *placedAction, word string) spot {
	for n, line := range strings.Split(a.Code, "\n") {
		plain := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(line))
		if t := strings.TrimSpace(line); strings.Contains(plain, word) && !strings.HasPrefix(t, "#") && !strings.HasPrefix(t, "echo") {
			s, _ := l.atCode(a, n, 0)
			return s
		}
	}
	return spot{line: a.Line}
}

var (
	deployWord  = lazily(`(?i)\b(?:deploy\w*|release\w*|rollout|publish|promote|upgrade|apply|install|push)\b`)
	stagingWord = lazily(`(?i)(?:^|[^A-Za-z])(?:staging|stage|stg|preprod|pre-prod|preproduction)(?:$|[^A-Za-z])`)
	liveWord    = lazily(`(?i)(?:^|[^A-Za-z])(?:prod|production|prd|live)(?:$|[^A-Za-z])`)
)

// staging finds deployments that stop before production.
func (l *linter) staging() {
	if stagingWord().MatchString(l.rb.Title) {
		return
	}
	type deploy struct {
		a *placedAction
		c shellCall
	}
	var found []deploy
	for _, a := range l.walk {
		if !a.isShell() {
			continue
		}
		for _, c := range l.textOf(a).calls {
			if c.name == "echo" || c.name == "printf" {
				continue
			}
			line := c.name + " " + c.text()
			if liveWord().MatchString(line) {
				return
			}
			if deployWord().MatchString(line) && stagingWord().MatchString(line) {
				found = append(found, deploy{a, c})
			}
		}
	}
	for _, d := range found {
		severity := SeverityWarning
		if d.a.step != nil && stagingWord().MatchString(d.a.step.Text+" "+d.a.Caption) {
			severity = SeverityInfo // whoever walks it is told
		}
		s, _ := l.at(d.a, d.c.at)
		l.report(severity, "staging-only", s, "the runbook deploys to staging and nowhere else: production stays as it was", "deploy to production too, once staging was looked at")
	}
}
