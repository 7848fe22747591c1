package tui

import (
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// given is the answer that a question starts with: as the command line has it,
// else what the run knows already, else the runbook's default.
func (a *app) given(action *runbooks.Action) walk.Answer {
	answer := walk.Answer{Action: action.ID, Source: event.SourceDefault}
	for _, name := range []string{action.Name, action.ID} {
		if value, ok := a.opts.Answers[name]; ok && name != "" {
			answer.Value = value
			return answer
		}
	}
	if known, ok := a.run.state.Known(action); ok {
		return known
	}
	answer.Value = action.Settings.Default
	return answer
}

// presetOption returns the index of the option that a choice starts with, -1 for
// none: the answer that is given, else what leads to the scenario that is.
func (a *app) presetOption(action *runbooks.Action) int {
	key := a.given(action).Value
	return slices.IndexFunc(action.Options, func(o runbooks.Option) bool {
		if key != "" {
			return o.Key == key
		}
		return o.Steer.Kind == runbooks.SteerScenario && o.Steer.Target == a.opts.Scenario
	})
}

// presetAnswer is the answer that an input starts with, and where it comes from.
func (a *app) presetAnswer(action *runbooks.Action) walk.Answer {
	answer := a.given(action)
	if answer.Value == "" && a.run.state.Rehearsal() {
		made := a.run.state.Invent(action.Name)
		answer.Value, answer.Source, answer.Invented = made.Value, made.Source, made.Invented
	}
	return answer
}

// yesKeys are the keys that mean yes, that of the operator's language first. An s
// means yes to nobody who reads English: there it would be a stray skip.
func (a *app) yesKeys() []string { return strings.Fields(a.p.T("tui.yes-keys")) }

// yesOrNo is the answer that a word alone is in any language of the screens, or "".
func yesOrNo(text string) string {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "y", "yes", "s", "si", "sí":
		return walk.AnswerYes
	case "n", "no":
		return walk.AnswerNo
	}
	return ""
}

func (a *app) isYes(key string) bool { return slices.Contains(a.yesKeys(), strings.ToLower(key)) }
