package plain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/walk"
)

// command is something that can be said at every prompt.
type command struct {
	id      string
	words   []string // in the operator's language and in English; the shortest is a letter
	running bool     // makes sense while an action runs
	anyones bool     // for those too who only follow
	asks    bool     // asks for what is not given with it
	do      func(t *talk, arg string) error
}

// commands returns the table of commands, in the order of the help.
func commands(p *i18n.Printer) []command {
	table := []command{
		{id: "help", anyones: true, do: (*talk).help},
		{id: "show", anyones: true, do: (*talk).show},
		{id: "steps", anyones: true, do: (*talk).listSteps},
		{id: "timeline", anyones: true, do: (*talk).timeline},
		{id: "summary", anyones: true, do: func(t *talk, _ string) error { t.showSummary(); return nil }},
		{id: "note", running: true, anyones: true, asks: true, do: (*talk).note},
		{id: "todo", running: true, anyones: true, asks: true, do: (*talk).todo},
		{id: "milestone", running: true, anyones: true, asks: true, do: (*talk).milestone},
		{id: "update", anyones: true, do: (*talk).update},
		{id: "remind", running: true, anyones: true, asks: true, do: (*talk).remind},
		{id: "tick", running: true, do: (*talk).tick},
		{id: "severity", running: true, asks: true, do: (*talk).severity},
		{id: "role", running: true, asks: true, do: (*talk).role},
		{id: "scenario", do: (*talk).changeScenario},
		{id: "set", do: (*talk).setParam},
		{id: "secret", do: (*talk).secret},
		{id: "goto", do: (*talk).gotoStep},
		{id: "skip", do: (*talk).skip},
		{id: "accept", do: (*talk).accept},
		{id: "reopen", do: (*talk).reopen},
		{id: "undo", do: (*talk).undo},
		{id: "adhoc", do: (*talk).adhoc},
		{id: "copy", do: (*talk).copyCommand},
		{id: "find", anyones: true, asks: true, do: (*talk).find},
		{id: "export", anyones: true, do: (*talk).export},
		{id: "cancel", running: true, do: func(t *talk, _ string) error { return t.cancel() }},
		{id: "handover", running: true, asks: true, do: (*talk).handOver},
		{id: "stop", do: (*talk).end},
		{id: "detach", running: true, anyones: true, do: func(*talk, string) error { return &leftError{LeftDetached} }},
		{id: "leave", running: true, anyones: true, do: func(*talk, string) error { return &leftError{LeftAsked} }},
	}
	for i := range table {
		table[i].words = strings.Fields(p.T("plain.command." + table[i].id))
		if !slices.Contains(table[i].words, table[i].id) {
			table[i].words = append(table[i].words, table[i].id)
		}
	}
	return table
}

// parse finds the command that a line begins with.
func (t *talk) parse(line string) (*command, string) {
	word, arg, _ := strings.Cut(line, " ")
	word = strings.ToLower(word)
	for i := range t.commands {
		if slices.Contains(t.commands[i].words, word) {
			return &t.commands[i], strings.TrimSpace(arg)
		}
	}
	return nil, line
}

func (t *talk) help(string) error {
	t.say(t.p.T("plain.help.title"))
	for _, command := range t.commands {
		t.say(fmt.Sprintf("  %s: %s", strings.Join(command.words, ", "), t.p.T("plain.help."+command.id)))
	}
	t.say(t.p.T("plain.help.colon"))
	return nil
}

func (t *talk) show(string) error {
	if step := t.state.Current(); step != nil {
		t.showStep(step)
		return nil
	}
	t.sayBriefing()
	return nil
}

// wanted returns the argument, or asks for it.
func (t *talk) wanted(arg, question string) (string, error) {
	if arg != "" {
		return arg, nil
	}
	return t.text(t.p.T(question))
}

func (t *talk) note(arg string) error {
	text, err := t.wanted(arg, "plain.ask.note")
	if err != nil {
		return err
	}
	_, err = t.do(walk.WriteNote{Text: text})
	return err
}

// todo records something left to do; "todo done 2" closes the second one.
func (t *talk) todo(arg string) error {
	todos := t.state.Todos()
	done, open := "plain.words.done", "plain.words.open"
	if word, number, ok := strings.Cut(arg, " "); ok && (t.means(done, word) || t.means(open, word)) {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(todos) {
			_, err := t.do(walk.WriteTodo{ID: todos[n-1].ID, Text: todos[n-1].Text, Done: t.means(done, word)})
			return err
		}
	}
	if arg == "" {
		t.showTodos()
	}
	text, err := t.wanted(arg, "plain.ask.todo")
	if err != nil || text == "" {
		return err
	}
	_, err = t.do(walk.WriteTodo{ID: "todo-" + strconv.Itoa(len(todos)+1), Text: text})
	return err
}

// severity sets the severity: of those that the runbook knows by its number, too.
func (t *talk) severity(arg string) error {
	own := t.plan.Severities()
	for i, o := range own {
		if arg == "" {
			t.say("  " + strconv.Itoa(i+1) + ". " + o.Key + ": " + oneLine(t.state.FillText(o.Label)))
		}
	}
	text, err := t.wanted(arg, "plain.ask.severity")
	if err != nil || text == "" {
		return err
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(own) {
		text = own[n-1].Key
	}
	_, err = t.do(walk.SetSeverity{Severity: text})
	return err
}

func (t *talk) role(arg string) error {
	for _, role := range t.plan.Runbook().Roles {
		t.say("  " + role.ID + ": " + oneLine(role.Title) + " = " + t.holder(role.ID))
	}
	text, err := t.wanted(arg, "plain.ask.role")
	if err != nil || text == "" {
		return err
	}
	id, holder, _ := strings.Cut(text, " ")
	_, err = t.do(walk.AssignRole{Role: id, Holder: strings.TrimSpace(holder)})
	return err
}

// setParam gives parameters other values, one NAME=VALUE a line until an empty one.
func (t *talk) setParam(arg string) error {
	once := arg != ""
	if !once {
		t.showParams()
	}
	for {
		text, err := t.wanted(arg, "plain.ask.set")
		if err != nil || text == "" {
			return err
		}
		name, value, _ := strings.Cut(text, "=")
		if _, err := t.do(walk.SetParam{
			Name: strings.TrimSpace(name), Value: strings.TrimSpace(value), Source: event.SourceOperator,
		}); err != nil || once {
			return err
		}
	}
}

func (t *talk) gotoStep(arg string) error {
	id, err := t.wanted(arg, "plain.ask.step")
	if err != nil || id == "" {
		return err
	}
	_, err = t.do(walk.Goto{Step: id})
	return err
}

func (t *talk) reopen(arg string) error {
	text, err := t.wanted(arg, "plain.ask.step")
	if err != nil || text == "" {
		return err
	}
	id, reason, _ := strings.Cut(text, " ")
	if reason, err = t.wanted(strings.TrimSpace(reason), "plain.ask.reason"); err != nil {
		return err
	}
	_, err = t.do(walk.Reopen{Step: id, Reason: reason})
	return err
}

func (t *talk) skip(arg string) error {
	return t.deviate(arg, func(step, reason string) walk.Command { return walk.Skip{Step: step, Reason: reason} })
}

func (t *talk) accept(arg string) error {
	if open := t.notRun(); open != "" {
		t.say(t.p.T("plain.accept.open", "Names", open))
	}
	return t.deviate(arg, func(step, reason string) walk.Command { return walk.Accept{Step: step, Reason: reason} })
}

// notRun are the names of the actions of the current step that are open, besides
// the one that failed.
func (t *talk) notRun() string {
	step, failed := t.state.Current(), t.state.Failure()
	if step == nil || failed == nil {
		return ""
	}
	var names []string
	for _, action := range t.state.StepActions(step.ID) {
		if action.ID != failed.ID && !t.state.Action(action.ID).Succeeded() {
			names = append(names, t.nameOf(action))
		}
	}
	return strings.Join(names, ", ")
}

// deviate leaves the current step otherwise than written, for a reason.
func (t *talk) deviate(arg string, cmd func(step, reason string) walk.Command) error {
	step := t.state.Current()
	if step == nil {
		t.say(t.p.T("refusal.not-now"))
		return nil
	}
	reason, err := t.wanted(arg, "plain.ask.reason")
	if err != nil {
		return err
	}
	_, err = t.do(cmd(step.ID, reason))
	return err
}

func (t *talk) handOver(arg string) error {
	text, err := t.wanted(arg, "plain.ask.operator")
	if err != nil || text == "" {
		return err
	}
	to, reason, _ := strings.Cut(text, " ")
	_, err = t.do(walk.HandOver{To: to, Reason: strings.TrimSpace(reason)})
	return err
}
