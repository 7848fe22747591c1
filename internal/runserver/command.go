package runserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// command is a walk.Command on its way: the name of its type and its fields.
type command struct {
	Name   string          `json:"name"`
	Fields json.RawMessage `json:"fields"`
}

// sendable is the explicit table of commands that a front end may send. Starting
// a run, saying how an action ended, joining, leaving and pausing are the
// server's own.
var sendable = commandTypes(
	walk.Begin{}, walk.SetParam{}, walk.AssignRole{}, walk.ChooseScenario{}, walk.Choose{}, walk.Answer{},
	walk.Run{}, walk.Undo{}, walk.Cancel{}, walk.Done{}, walk.Skip{}, walk.Accept{}, walk.Reopen{}, walk.Goto{},
	walk.Adhoc{}, walk.WriteNote{}, walk.WriteTodo{}, walk.MarkMilestone{}, walk.SetSeverity{}, walk.HandOver{},
	walk.Tick{}, walk.PlanComms{}, walk.SendComms{},
	walk.Trust{}, walk.End{},
)

func commandTypes(commands ...walk.Command) map[string]reflect.Type {
	types := make(map[string]reflect.Type, len(commands))
	for _, cmd := range commands {
		t := reflect.TypeOf(cmd)
		types[t.Name()] = t
	}
	return types
}

// anyonesCommand reports whether somebody who does not drive may send it: what
// only adds to the record.
func anyonesCommand(cmd walk.Command) bool {
	switch cmd.(type) {
	case walk.WriteNote, walk.WriteTodo, walk.MarkMilestone, walk.PlanComms, walk.SendComms:
		return true
	}
	return false
}

func encodeCommand(cmd walk.Command) (*command, error) {
	name := reflect.TypeOf(cmd).Name()
	if _, ok := sendable[name]; !ok {
		return nil, fmt.Errorf("a front end cannot send the command %s", name)
	}
	fields, err := json.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("encode the command %s: %w", name, err)
	}
	return &command{Name: name, Fields: fields}, nil
}

func (c *command) decode() (walk.Command, error) {
	t, ok := sendable[c.Name]
	if !ok {
		return nil, fmt.Errorf("%w: unknown command %q", errFrame, c.Name)
	}
	value := reflect.New(t)
	if err := json.Unmarshal(c.Fields, value.Interface()); err != nil {
		return nil, fmt.Errorf("%w: command %s: %w", errFrame, c.Name, err)
	}
	return value.Elem().Interface().(walk.Command), nil
}

// wireError is an error that a caller decides on, on its way.
type wireError struct {
	Kind   string                  `json:"kind"`
	Text   string                  `json:"text"`
	Code   walk.Code               `json:"code,omitempty"`
	ID     string                  `json:"id,omitempty"`
	Names  []string                `json:"names,omitempty"`
	Driver *session.NotDriverError `json:"driver,omitempty"`
}

// Kinds of wireError.
const (
	errRefused   = "refused"
	errValues    = "values"
	errSecret    = "secret"
	errGiven     = "secret-refused"
	errStorage   = "storage"
	errNotDriver = "not-driver"
	errClosed    = "closed"
	errTerminal  = "terminal" // needs somebody at a terminal
	errTaken     = "taken"    // somebody else is in the terminal
	errBehind    = "behind"
	errOver      = "over" // the terminal's action has ended
	errOther     = "other"
)

func encodeError(err error) *wireError {
	var (
		refusal   *walk.Refusal
		values    *session.ValuesError
		missing   *session.MissingSecretError
		given     *session.SecretError
		storage   *session.StorageError
		notDriver *session.NotDriverError
	)
	w := &wireError{Kind: errOther, Text: err.Error()}
	switch {
	case errors.As(err, &refusal):
		w.Kind, w.Code, w.ID, w.Names, w.Text = errRefused, refusal.Code, refusal.ID, refusal.Names, ""
		if refusal.Cause != nil {
			w.Text = refusal.Cause.Error()
		}
	case errors.As(err, &values):
		w.Kind, w.ID, w.Text = errValues, values.Action, values.Err.Error()
		switch {
		case errors.As(err, &missing):
			w.Kind, w.Text = errSecret, missing.Name
		case errors.Is(err, session.ErrNoTerminal):
			w.Kind = errTerminal
		}
	case errors.As(err, &given):
		w.Kind, w.ID, w.Text = errGiven, given.Name, string(given.Reason)
	case errors.As(err, &storage):
		w.Kind, w.ID, w.Text = errStorage, storage.Op, storage.Err.Error()
	case errors.As(err, &notDriver):
		w.Kind, w.Driver = errNotDriver, notDriver
	case errors.Is(err, session.ErrClosed):
		w.Kind = errClosed
	case errors.Is(err, session.ErrTerminalTaken):
		w.Kind = errTaken
	case errors.Is(err, session.ErrTerminalBehind):
		w.Kind = errBehind
	case errors.Is(err, io.EOF):
		w.Kind = errOver
	}
	return w
}

func (w *wireError) decode() error {
	switch w.Kind {
	case errRefused:
		refusal := &walk.Refusal{Code: w.Code, ID: w.ID, Names: w.Names}
		if w.Text != "" {
			refusal.Cause = errors.New(w.Text)
		}
		return refusal
	case errValues:
		return &session.ValuesError{Action: w.ID, Err: errors.New(w.Text)}
	case errSecret:
		return &session.ValuesError{Action: w.ID, Err: &session.MissingSecretError{Name: w.Text}}
	case errGiven:
		return &session.SecretError{Name: w.ID, Reason: session.SecretReason(w.Text)}
	case errStorage:
		return &session.StorageError{Op: w.ID, Err: errors.New(w.Text)}
	case errNotDriver:
		if w.Driver != nil {
			return w.Driver
		}
	case errClosed:
		return session.ErrClosed
	case errTerminal:
		return &session.ValuesError{Action: w.ID, Err: session.ErrNoTerminal}
	case errTaken:
		return session.ErrTerminalTaken
	case errBehind:
		return session.ErrTerminalBehind
	case errOver:
		return io.EOF
	}
	return errors.New(w.Text)
}
