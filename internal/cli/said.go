package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/runserver"
	"genia.ai/bitacora/internal/sandbox"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/runbooks"
	"genia.ai/bitacora/runbooks/library"
	"genia.ai/bitacora/tui"
)

// said is an error whose words are those of a message, so that the operator is told in
// their own language. As an error it speaks English.
type said struct {
	id   string
	args []any // pairs of a name and a value, as for Printer.T
}

// say makes an error of a message. A value may be an error, which is then wrapped and put
// into words too, or a function that returns its text in a language.
func say(id string, args ...any) error { return &said{id, args} }

// Error implements error. It is rarely asked for: report prints errors in a language.
func (e *said) Error() string {
	catalog, err := i18n.Load()
	if err != nil {
		return e.id
	}
	return e.in(catalog.Printer("en"))
}

// Unwrap returns the errors among the values.
func (e *said) Unwrap() []error {
	var wrapped []error
	for i := 1; i < len(e.args); i += 2 {
		if err, ok := e.args[i].(error); ok {
			wrapped = append(wrapped, err)
		}
	}
	return wrapped
}

// in puts the error into words.
func (e *said) in(p *i18n.Printer) string {
	args := make([]any, len(e.args))
	for i, arg := range e.args {
		switch arg := arg.(type) {
		case error:
			args[i] = words(arg, p)
		case func(*i18n.Printer) string:
			args[i] = arg(p)
		default:
			args[i] = arg
		}
	}
	return p.T(e.id, args...)
}

// words returns an error's text in the language of p. What is known of it is put into
// that language; what the system, the parser and lint say stays as they word it.
func words(err error, p *i18n.Printer) string {
	text := err.Error()
	if own, ok := errors.AsType[*said](err); ok {
		text = strings.Replace(text, own.Error(), own.in(p), 1)
	}
	for _, known := range append(knownOfRuns(err), append(knownOfRunbooks(err), knownOfFlags(err)...)...) {
		text = strings.Replace(text, known.err.Error(), known.said.in(p), 1)
	}
	return text
}

// spoken is an error for a screen, which shows its text and not its kind.
type spoken struct {
	err  error
	text string
}

func (e *spoken) Error() string { return e.text }

func (e *spoken) Unwrap() error { return e.err }

// speak puts an error into words for whoever shows it; nil stays nil.
func speak(err error, p *i18n.Printer) error {
	if err == nil {
		return nil
	}
	return &spoken{err, words(err, p)}
}

// known is an error of another package, and the message that says the same.
type known struct {
	err  error
	said *said
}

// knownOfRuns are errors of what is recorded, and of who drives it.
func knownOfRuns(err error) []known {
	var all []known
	add := func(err error, id string, args ...any) { all = append(all, known{err, &said{id, args}}) }
	if e, ok := errors.AsType[*session.StorageError](err); ok {
		add(e, "error.storage", "Op", e.Op, "Detail", e.Err)
	}
	if e, ok := errors.AsType[*session.NotDriverError](err); ok {
		add(e, "error.driven", "Operator", e.Operator, "Host", e.Host, "Since", e.Since.UTC().Format(time.RFC3339))
	}
	if e, ok := errors.AsType[*transcript.NotFoundError](err); ok {
		if len(e.Candidates) > 0 {
			add(e, "error.ambiguous-run", "Name", fmt.Sprintf("%q", e.Name), "Runs", strings.Join(e.Candidates, ", "))
		} else {
			add(e, "error.no-run", "Name", fmt.Sprintf("%q", e.Name))
		}
	}
	if e, ok := errors.AsType[*transcript.DamageError](err); ok {
		add(e, "error.damaged", "File", e.File, "Line", e.Line, "Offset", e.Offset, "Reason", e.Reason)
	}
	if e, ok := errors.AsType[*transcript.NetworkFilesystemError](err); ok {
		add(e, "error.network", "Dir", e.Dir, "Type", e.Type)
	}
	if e, ok := errors.AsType[*transcript.LockedError](err); ok {
		add(e, "error.locked", lockedArgs(e)...)
	}
	for _, fixed := range []struct {
		err error
		id  string
	}{
		{transcript.ErrNotStarted, "error.not-started"}, {transcript.ErrNoTranscript, "error.no-transcript"},
		{runserver.ErrWedged, "error.wedged"}, {runserver.ErrNoServer, "error.no-server"}, {tui.ErrStalled, "error.stalled"},
	} {
		if errors.Is(err, fixed.err) {
			add(fixed.err, fixed.id)
		}
	}
	return all
}

// valueMessages say what is wrong with the value of a parameter.
var valueMessages = map[runbooks.ValueCode]string{
	runbooks.ValueMissing: "error.value-missing", runbooks.ValueTooLong: "error.value-too-long", runbooks.ValueNotText: "error.value-not-text",
	runbooks.ValueControl: "error.value-control", runbooks.ValueOption: "error.value-option", runbooks.ValuePattern: "error.value-pattern", runbooks.ValueLike: "error.value-like",
}

// knownOfRunbooks are errors of what a command names: runbooks, sections, secrets.
func knownOfRunbooks(err error) []known {
	var all []known
	add := func(err error, id string, args ...any) { all = append(all, known{err, &said{id, args}}) }
	if e, ok := errors.AsType[*library.NotFoundError](err); ok {
		name := fmt.Sprintf("%q", e.Name)
		if e.Suggestion != "" {
			add(e, "error.no-such-runbook-meant", "Name", name, "Meant", fmt.Sprintf("%q", e.Suggestion))
		} else {
			add(e, "error.no-such-runbook", "Name", name, "Known", someOf(e.Known))
		}
	}
	if e, ok := errors.AsType[*runbooks.ValueError](err); ok && valueMessages[e.Code] != "" {
		add(e, valueMessages[e.Code], "Param", e.Param, "Wants", e.Wants, "Like", e.Like)
	}
	if e, ok := errors.AsType[*runbooks.NoPlaceError](err); ok {
		near := ""
		if len(e.Near) > 0 {
			near = "#" + strings.Join(e.Near, ", #")
		}
		add(e, "error.no-section", "Fragment", e.Fragment, "Near", near)
	}
	if e, ok := errors.AsType[*sandbox.UnknownFaultError](err); ok {
		add(e, "error.no-fault", "Fault", fmt.Sprintf("%q", e.Fault), "Known", strings.Join(sandbox.Faults(), ", "))
	}
	if e, ok := errors.AsType[*redact.ShortSecretError](err); ok {
		add(e, "error.short-secret", "Name", e.Name, "Least", redact.MinLength)
	}
	return all
}

// lockedArgs are the values of the message of a lock.
func lockedArgs(e *transcript.LockedError) []any {
	holder := e.Holder
	return []any{"Run", filepath.Base(e.Dir), "PID", holder.PID, "Operator", holder.Operator, "Host", holder.Host, "Since", holder.Since.Format(time.RFC3339)}
}

// knownOfFlags are what pflag says of flags that are wrong.
func knownOfFlags(err error) []known {
	var all []known
	add := func(err error, id string, args ...any) { all = append(all, known{err, &said{id, args}}) }
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if short := e.GetSpecifiedShortnames(); short != "" {
			add(e, "error.no-short-flag", "Flag", letter(e.GetSpecifiedName(), short), "Given", short)
		} else {
			add(e, "error.no-flag", "Flag", e.GetSpecifiedName())
		}
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		if short := e.GetSpecifiedShortnames(); short != "" {
			add(e, "error.short-flag-value", "Flag", letter(e.GetSpecifiedName(), short), "Given", short)
		} else {
			add(e, "error.flag-value", "Flag", e.GetSpecifiedName())
		}
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag := "--" + e.GetFlag().Name
		if short := e.GetFlag().Shorthand; short != "" {
			flag = "-" + short + ", " + flag
		}
		add(e, "error.flag-form", "Given", fmt.Sprintf("%q", e.GetValue()), "Flag", fmt.Sprintf("%q", flag), "Detail", e.Unwrap())
	}
	if e, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		add(e, "error.flag-syntax", "Given", e.GetSpecifiedFlag())
	}
	return all
}

// letter is a short flag of a group of them. pflag names but the first byte of one that is
// not ASCII.
func letter(name, group string) string {
	r, _ := utf8.DecodeRuneInString(name)
	if i := strings.IndexFunc(group, func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 && r >= utf8.RuneSelf {
		r, _ = utf8.DecodeRuneInString(group[i:])
	}
	return fmt.Sprintf("%q", r)
}

// maxNamed is how many runbooks an error names.
const maxNamed = 10

// someOf joins the first of many names.
func someOf(names []string) string {
	if len(names) > maxNamed {
		return strings.Join(names[:maxNamed], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
