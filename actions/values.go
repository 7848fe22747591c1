package actions

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
)

// MissingValueError says that an action needs a value that the run does not have.
type MissingValueError struct {
	Name string
}

func (e *MissingValueError) Error() string {
	return fmt.Sprintf("%s has no value; set it before this action", e.Name)
}

// RefusedValueError says that a value may not stand where the action puts it. Its
// text never holds the value.
type RefusedValueError struct {
	Name   string // of the parameter
	Place  string // "a URL path", "the header To"
	Reason string
}

func (e *RefusedValueError) Error() string {
	return fmt.Sprintf("the value of %s may not stand in %s: %s", e.Name, e.Place, e.Reason)
}

// values looks up what {{name}} stands for.
type values struct {
	req    Request
	home   string // of the operator, "" when not known
	invent bool   // a rehearsal: what has no value is called <NAME>
}

// get returns the value of a parameter, a secret or an env name, in that order.
func (v values) get(name string) (string, error) {
	for _, from := range []map[string]string{v.req.Params, v.req.Secrets, v.req.Env} {
		if value, ok := from[name]; ok {
			return value, nil
		}
	}
	return v.missing(name)
}

// trusted returns the value of an env name, which the author vouches for.
func (v values) trusted(name string) (string, bool) {
	if _, overridden := v.req.Params[name]; overridden {
		return "", false
	}
	value, ok := v.req.Env[name]
	return value, ok
}

func (v values) missing(name string) (string, error) {
	if v.invent {
		return "<" + name + ">", nil
	}
	return "", &MissingValueError{Name: name}
}

// encoded returns a lookup whose values encode makes fit for their place.
func (v values) encoded(encode func(name, value string) (string, error)) func(string) (string, error) {
	return func(name string) (string, error) {
		value, err := v.get(name)
		if err != nil {
			return "", err
		}
		return encode(name, value)
	}
}

// oneLine returns an encoder that refuses what could begin another header.
func oneLine(place string) func(name, value string) (string, error) {
	return func(name, value string) (string, error) {
		if strings.ContainsFunc(value, unicode.IsControl) {
			return "", &RefusedValueError{Name: name, Place: place, Reason: "it holds a line break or another control character"}
		}
		return value, nil
	}
}

// climbs reports whether a path made of values would lead to its own parents.
// A backslash counts as a separator because servers take it for one.
func climbs(path string) bool {
	for _, segment := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment == ".." || segment == "." {
			return true
		}
	}
	return false
}

// encodeQuery is url.QueryEscape with %20 for a space, which is right in a query
// and in a form alike.
func encodeQuery(_, value string) (string, error) {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20"), nil
}

// guard cleans what the operator is told about a request, and masks its secrets.
type guard struct {
	set *redact.Set
}

// newGuard refuses secrets that cannot be masked: what used them could not be
// shown either.
func newGuard(req Request) (guard, error) {
	if req.Masks != nil {
		return guard{set: req.Masks}, nil
	}
	set, err := redact.New(req.Secrets)
	return guard{set: set}, err
}

// text makes what comes from outside fit to be told on one line or more: no
// control sequences, no secrets.
func (g guard) text(s string) string {
	s = sanitize.String(s)
	if g.set == nil {
		return s
	}
	masked, _ := g.set.String(s)
	return masked
}

// preview cleans and masks every part of p.
func (g guard) preview(p Preview) Preview {
	p.Command, p.Where = g.text(p.Command), g.text(p.Where)
	for i := range p.Values {
		p.Values[i] = g.text(p.Values[i])
	}
	p.Lands = g.lands(p.Lands)
	return p
}

// err does the same to an error, which keeps its type unless its text changes.
func (g guard) err(err error) error {
	if err == nil {
		return nil
	}
	if masked := g.text(err.Error()); masked != err.Error() {
		return errors.New(masked)
	}
	return err
}

// given lists "name=value" of what an action uses, secrets by their names.
func given(req Request, names ...[]string) []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range names {
		for _, name := range list {
			if seen[name] {
				continue
			}
			seen[name] = true
			if value, ok := req.Params[name]; ok {
				all = append(all, name+"="+value)
			} else if _, ok := req.Secrets[name]; ok {
				all = append(all, name+"="+redact.Mask(name))
			} else if value, ok := req.Env[name]; ok {
				all = append(all, name+"="+value)
			}
		}
	}
	return all
}
