package walk

import (
	"strings"
	"unicode/utf8"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// maxWording is how many characters may name a question; a longer paragraph explains.
const maxWording = 80

// Wording is how an action that only asks is called where people read it, in the words
// of the runbook: the label of the parameter that it answers, else its question or what
// introduces it, if that is short, else the text of its step. Its values are not filled in. An action
// that runs something is "": its name is what people know it by, and so is one whose
// words would not tell it from another question of its step.
func (p *Plan) Wording(action *runbooks.Action) string {
	if !action.Kind.Asks() {
		return ""
	}
	words := p.wording(action)
	at := p.action(action.ID)
	if at == none {
		return words
	}
	acts := p.stepActions[p.actionStep[at]]
	for other := acts.from; other < acts.to; other++ {
		if other != at && p.actions[other].Kind.Asks() && p.wording(p.actions[other]) == words {
			return ""
		}
	}
	return words
}

func (p *Plan) wording(action *runbooks.Action) string {
	if param, ok := p.param(action.Name); ok && action.Name != "" && param.Label != "" {
		return param.Label
	}
	for _, words := range []string{action.Question(), action.Caption} {
		first, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
		if first = strings.TrimRight(first, " :"); first != "" && utf8.RuneCountInString(first) <= maxWording {
			return first
		}
	}
	if _, step := p.Action(action.ID); step != nil {
		return step.Text
	}
	return ""
}

// Technical reports whether the key of an option says nothing to the people who read
// its label: a yes or a no of the program's, or the name of a way that the walk takes.
func Technical(o runbooks.Option) bool {
	worded := o.Label != "" && o.Label != o.Key
	return worded && (o.Key == AnswerYes || o.Key == AnswerNo || o.Steer.Kind != runbooks.SteerNone)
}

// TellsExit reports whether the reason of an ending names its exit code already, as
// executors word it.
func TellsExit(ending event.Ending) bool {
	return strings.HasPrefix(ending.Reason, "it ended with exit code")
}
