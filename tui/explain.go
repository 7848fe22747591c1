package tui

import (
	"context"
	"errors"
	"strings"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// clean makes one line of outside text safe to show.
func (a *app) clean(s string) string {
	if a.opts.Clean != nil {
		s = a.opts.Clean(s)
	} else {
		s = strings.Map(printable, s)
	}
	return shown(s)
}

// printable is what clean does when nobody said better: control characters
// become spaces.
func printable(r rune) rune {
	if r < 0x20 || r >= 0x7f && r < 0xa0 {
		return ' '
	}
	return r
}

// cleanText is clean for a text of several lines.
func (a *app) cleanText(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = a.clean(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// explain tells an error in the operator's language, with what to do next.
func (a *app) explain(err error) string {
	var refusal *walk.Refusal
	var storage *session.StorageError
	var given *session.SecretError
	var missing *session.MissingSecretError
	var values *session.ValuesError
	var other *session.NotDriverError
	switch {
	case errors.As(err, &other):
		a.demotedBy(err)
		if why := a.readOnly(); why != "" {
			return why
		}
		return a.p.T("tui.err.other-drives", "Operator", a.clean(other.Operator), "Host", a.clean(other.Host), "At", a.clock(other.Since))
	case errors.As(err, &refusal):
		return a.explainRefusal(refusal)
	case errors.As(err, &storage):
		return a.p.T("tui.err.storage", "Detail", a.clean(storage.Err.Error()))
	case errors.As(err, &given):
		return a.p.T("secret.refused."+string(given.Reason), "Name", a.clean(given.Name))
	case errors.Is(err, session.ErrNoTerminal):
		return a.p.T("terminal.none")
	case errors.As(err, &missing):
		return a.p.T("tui.err.values", "Detail", a.p.T("secret.missing", "Name", a.clean(missing.Name)))
	case errors.As(err, &values):
		return a.p.T("tui.err.values", "Detail", a.clean(values.Err.Error()))
	case errors.Is(err, session.ErrClosed), errors.Is(err, context.Canceled):
		return a.p.T("tui.err.closed")
	}
	return a.clean(err.Error())
}

func (a *app) explainRefusal(refusal *walk.Refusal) string {
	call := a.nameOf
	switch refusal.Code {
	case walk.CodeScenarioNeeded:
		call = a.scenarioTitle
	case walk.CodeParamsNeeded:
		call = a.paramLabel
	case walk.CodeTargetNeeded, walk.CodeAnswerInvalid:
		call = a.clean // what has to be typed
	default:
	}
	names := make([]string, len(refusal.Names))
	for i, name := range refusal.Names {
		names[i] = call(name)
	}
	detail := strings.Join(names, ", ")
	if refusal.Cause != nil {
		detail = a.clean(refusal.Cause.Error())
	} else if detail == "" {
		detail = a.nameOf(refusal.ID)
	}
	return a.p.T("refusal."+string(refusal.Code),
		"ID", a.nameOf(refusal.ID), "Names", strings.Join(names, ", "), "Detail", detail)
}

// nameOf is how the screen calls an action, or the id as it is.
func (a *app) nameOf(id string) string {
	if a.run == nil {
		return a.clean(id)
	}
	return a.run.nameOf(id)
}

// scenarioTitle is how the screen calls a scenario.
func (a *app) scenarioTitle(id string) string {
	for _, s := range a.run.book().Scenarios {
		if s.ID == id && s.Title != "" {
			return a.clean(s.Title)
		}
	}
	return a.clean(id)
}

// paramLabel is how the screen calls a parameter.
func (a *app) paramLabel(name string) string {
	if label := a.run.param(name).Label; label != "" {
		return a.clean(label)
	}
	return a.clean(name)
}

// explainValue says what a parameter's value must be like.
func (a *app) explainValue(p runbooks.Param, value string) string {
	switch {
	case value == "":
		return a.p.T("tui.value.needed")
	case len(p.Options) > 0:
		return a.p.T("tui.value.options", "Options", a.clean(strings.Join(p.Options, ", ")))
	case p.Pattern != "" && p.Example != "":
		return a.p.T("tui.value.pattern-example", "Pattern", a.clean(p.Pattern), "Example", a.clean(p.Example))
	case p.Pattern != "":
		return a.p.T("tui.value.pattern", "Pattern", a.clean(p.Pattern))
	}
	return a.p.T("tui.value.plain")
}
