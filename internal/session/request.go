package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// start is everything that launch needs of an action that is about to run.
type start struct {
	id      string // of the action or the ad-hoc command
	kind    runbooks.Kind
	request actions.Request
	endless bool // it is watched until somebody stops it
}

// interactive reports whether what is to run talks with somebody.
func (s start) interactive() bool {
	return s.request.Action != nil && s.request.Action.Settings.Interactive
}

// prepare puts into a command what only the session knows: the exact text of
// what will run, and in a rehearsal the values that nobody gave. It needs s.mu.
func (s *Session) prepare(cmd walk.Command) (walk.Command, start, error) {
	switch cmd := cmd.(type) {
	case walk.Run:
		prepared, st, err := s.prepareRun(cmd, cmd.Action)
		return prepared, st, err
	case walk.Undo:
		undone := s.action(cmd.Action) // by its name, too
		for _, entry := range s.state.Undoable() {
			if undone != nil && entry.Action == undone.ID {
				prepared, st, err := s.prepareRun(cmd.Run, entry.Undo)
				cmd.Run = prepared
				return cmd, st, err
			}
		}
		return cmd, start{}, nil // the walk refuses it
	case walk.Adhoc:
		return s.prepareAdhoc(cmd)
	case walk.SetParam:
		return cmd, start{}, s.checkStorable("", cmd.Name, cmd.Value)
	case walk.Answer:
		return cmd, start{}, s.checkStorable(cmd.Action, cmd.Action, cmd.Value)
	}
	return cmd, start{}, nil
}

func (s *Session) prepareRun(cmd walk.Run, id string) (walk.Run, start, error) {
	action := s.action(id)
	if action == nil || action.Kind.Asks() {
		return cmd, start{}, nil // the walk refuses it
	}
	if s.state.Rehearsal() {
		for _, name := range s.state.Missing(action) {
			if err := s.carryOut("", s.state.Invent(name)); err != nil {
				return cmd, start{}, err
			}
		}
	}
	if len(s.state.Missing(action)) > 0 {
		return cmd, start{}, nil // the walk refuses it and names them
	}
	part, ok := action.Part(cmd.Alternative)
	if !ok {
		return cmd, start{}, nil // the walk refuses it and says what can be picked
	}
	request, err := s.request(part)
	if err != nil {
		return cmd, start{}, err
	}
	preview, err := s.preview(part, request)
	if err != nil {
		return cmd, start{}, err
	}
	cmd.Command, cmd.Where, cmd.Values = preview.Command, preview.Where, preview.Values
	cmd.Lands = nil
	for _, fact := range preview.Lands {
		cmd.Lands = append(cmd.Lands, fact.Name+"="+fact.Value)
	}
	cmd.Line, cmd.CodeSHA256, cmd.Wrapper = part.Line, hashOf(part.Script()), preview.Wrapper
	return cmd, start{id: action.ID, kind: action.Kind, request: request, endless: part.Endless}, nil
}

// hashOf is the hash by which the record names bytes.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// adhocShell is the shell that an operator gets for what the runbook does not hold.
const adhocShell = `"${SHELL:-/bin/sh}" -i`

func (s *Session) prepareAdhoc(cmd walk.Adhoc) (walk.Command, start, error) {
	var id [3]byte
	if _, err := io.ReadFull(s.opts.Random, id[:]); err != nil {
		return cmd, start{}, fmt.Errorf("draw the id of an ad-hoc command: %w", err)
	}
	cmd.ID = "adhoc-" + hex.EncodeToString(id[:])
	if cmd.Interactive {
		cmd.Command = adhocShell
	}
	action := adhocAction(cmd.ID, cmd.Command, cmd.Interactive)
	request, err := s.request(action)
	if err != nil {
		return cmd, start{}, err
	}
	preview, err := s.preview(action, request)
	cmd.Where = preview.Where
	return cmd, start{id: cmd.ID, kind: action.Kind, request: request}, err
}

func adhocAction(id, command string, interactive bool) *runbooks.Action {
	return &runbooks.Action{
		ID: id, Kind: runbooks.KindShell, Lang: "sh", Code: command, Effect: runbooks.EffectWrite,
		Settings: runbooks.Settings{Interactive: interactive},
	}
}

// adhocMark begins what Preview is asked for a command of the operator's own. No action
// is called so.
const adhocMark = "!"

// AdhocPreview is what Preview has to be asked for a command that the runbook does not
// hold; an empty one is a shell.
func AdhocPreview(command string) string { return adhocMark + command }

// previewed is the action that a preview is asked of, or nil.
func (s *Session) previewed(id string) *runbooks.Action {
	command, adhoc := strings.CutPrefix(id, adhocMark)
	switch {
	case !adhoc:
		return s.opts.Plan.Part(id)
	case command == "":
		return adhocAction(id, adhocShell, true)
	}
	return adhocAction(id, command, false)
}

func (s *Session) action(id string) *runbooks.Action {
	action, _ := s.opts.Plan.Action(id)
	return action
}

// request collects what an action may know. In a rehearsal secrets need not be there.
func (s *Session) request(action *runbooks.Action) (actions.Request, error) {
	request := actions.Request{
		Action: action, Params: map[string]string{}, Env: s.opts.Env, Secrets: map[string]string{},
		Hosts: s.opts.Hosts, Dir: s.opts.Dir, Shell: s.shell, Masks: s.opts.Redact,
		Asked: s.state.NeedsConfirm(action),
	}
	if err := checkVisible(action.Code); err != nil {
		return request, &ValuesError{Action: action.ID, Err: err}
	}
	for name, value := range s.state.Values() {
		request.Params[name] = value.Text
	}
	for _, name := range action.Settings.Args {
		if param, ok := s.opts.Plan.Param(name); ok && param.AllowsDash() {
			request.Dashed = append(request.Dashed, name)
		}
	}
	for _, name := range action.Secrets {
		value, ok := s.opts.Secrets[name]
		if !ok && !s.state.Rehearsal() {
			return request, &ValuesError{Action: action.ID, Err: &MissingSecretError{Name: name}}
		}
		if ok {
			request.Secrets[name] = value
		}
	}
	if !s.state.Rehearsal() {
		if err := s.checkPlaces(action, request.Params); err != nil {
			return request, &ValuesError{Action: action.ID, Err: err}
		}
	}
	return request, nil
}

// checkVisible refuses code that cannot be shown as it is: the operator would say
// yes to something else than what runs.
func checkVisible(code string) error {
	line := 1
	for _, r := range code {
		switch {
		case r == '\n':
			line++
		case sanitize.Hidden(r):
			return fmt.Errorf("line %d of its text holds the invisible character %U, so that it cannot be shown as it would run; remove it from the runbook", line, r)
		}
	}
	return nil
}

// checkStorable refuses a value that holds a secret: it would be recorded masked,
// and the actions would get the mask.
func (s *Session) checkStorable(id, name, value string) error {
	if _, masked := s.opts.Redact.String(sanitize.String(value)); masked == 0 {
		return nil
	}
	return &walk.Refusal{Code: walk.CodeAnswerInvalid, ID: id, Cause: &runbooks.ValueError{Param: name, Reason: holdsSecret}}
}

const holdsSecret = "the value holds a secret, which is never stored; use the secret by its name instead"

// MissingSecretError says that an action needs a secret that is not there.
type MissingSecretError struct{ Name string }

func (e *MissingSecretError) Error() string {
	return fmt.Sprintf("the secret %[1]s is not there; type it when asked, or start with $%[1]s, $%[1]s_FILE or an entry in secrets.yaml (it is never stored)", e.Name)
}

// checkPlaces refuses values where they could act as code: an argument of a
// command, what fills in a blank of a script and a part of a URL's path take only what the parameter's pattern
// allows, free text and captured values included.
func (s *Session) checkPlaces(action *runbooks.Action, values map[string]string) error {
	names := slices.Concat(action.Settings.Args, action.Blanks)
	if action.Kind == runbooks.KindHTTP {
		request, err := runbooks.ParseHTTP(action.Code)
		if err != nil {
			return err
		}
		path, _, _ := strings.Cut(request.URL, "?")
		names = append(names, runbooks.Names(path)...)
	}
	for _, name := range names {
		value, given := values[name]
		if !given {
			continue // the author's env, or a secret
		}
		param, ok := s.opts.Plan.Param(name)
		if !ok {
			param = runbooks.Param{Name: name}
		}
		if param.FreeText {
			return fmt.Errorf("parameter %s is free text: it cannot be an argument or part of a URL's path", name)
		}
		if err := param.Check(value); err != nil {
			return err
		}
	}
	return nil
}

// Preview implements Client.
func (s *Session) Preview(ctx context.Context, id string) (Preview, error) {
	if err := ctx.Err(); err != nil {
		return Preview{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	action := s.previewed(id)
	if action == nil {
		return Preview{}, &walk.Refusal{Code: walk.CodeUnknown, ID: id}
	}
	if missing := s.state.Missing(action); len(missing) > 0 && !s.state.Rehearsal() {
		return Preview{}, &walk.Refusal{Code: walk.CodeParamsNeeded, ID: id, Names: missing}
	}
	request, err := s.request(action)
	if err != nil {
		return Preview{}, err
	}
	for _, name := range s.state.Missing(action) {
		request.Params[name] = s.state.Invent(name).Value
	}
	return s.preview(action, request)
}

func (s *Session) preview(action *runbooks.Action, request actions.Request) (Preview, error) {
	executor, ok := s.opts.Registry[action.Kind]
	if !ok {
		return Preview{}, &ValuesError{Action: action.ID, Err: fmt.Errorf("actions of kind %s cannot be run", action.Kind)}
	}
	preview, err := executor.Preview(request)
	if err != nil {
		return Preview{}, &ValuesError{Action: action.ID, Err: s.cleanError(err)}
	}
	clean := Preview{Command: s.scrub.text(preview.Command), Where: s.scrub.text(preview.Where)}
	if preview.Wrapper != "" {
		clean.Wrapper = hashOf(preview.Wrapper)
	}
	for _, value := range preview.Values {
		clean.Values = append(clean.Values, s.scrub.text(value))
	}
	for _, fact := range preview.Lands {
		clean.Lands = append(clean.Lands, Fact{Name: fact.Name, Value: s.scrub.text(fact.Value)})
	}
	return clean, nil
}

// cleanError keeps the chain of an error for errors.As and gives it a text that
// may be shown.
func (s *Session) cleanError(err error) error {
	return &cleanedError{text: s.scrub.text(err.Error()), err: err}
}

type cleanedError struct {
	text string
	err  error
}

func (e *cleanedError) Error() string { return e.text }

func (e *cleanedError) Unwrap() error { return e.err }
