package runbooks

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaultPattern is what a parameter without a pattern of its own must match: it
// cannot start with a dash, so that it is never read as an option of a command.
const defaultPattern = `[A-Za-z0-9][A-Za-z0-9._:/@+-]*`

// maxValueBytes bounds a parameter's value.
const maxValueBytes = 4096

// Where a parameter was found.
const (
	OriginFrontMatter = "front-matter"
	OriginText        = "text"       // <pod>, {{x}}, YOUR_X and other blanks in prose or code
	OriginPositional  = "positional" // X=$1 of a script
	OriginVariable    = "variable"   // $VAR that no block assigns
	OriginCapture     = "capture"    // set by an action of the run
)

// Param is a value that the runbook needs.
type Param struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Pattern  string   `json:"pattern"` // as written, without anchors; "" = the default pattern
	Default  string   `json:"default"`
	Options  []string `json:"options"`
	Example  string   `json:"example"`
	Origin   string   `json:"origin"`
	Note     string   `json:"note"` // what the operator should know about the value

	FreeText bool `json:"-"` // declared `type: text`: never an argument, never in a URL path
	Line     int  `json:"-"`
	column   int  // of its name in the front matter, 1-based
}

// ValueError says that a value is not one that the parameter may take. Its text
// never repeats the value.
type ValueError struct {
	Param  string
	Reason string
	Code   ValueCode // "" when only the reason tells
	Wants  string    // what the value has to be or to match, or how long it may be
	Like   string    // an example of it, or ""
}

// ValueCode says what is wrong with a value, for those who put it into words of their own.
type ValueCode string

// What may be wrong with a value.
const (
	ValueMissing ValueCode = "missing"
	ValueTooLong ValueCode = "too-long" // Wants: the most bytes
	ValueNotText ValueCode = "not-text" // it is not UTF-8
	ValueControl ValueCode = "control"  // it holds a control character
	ValueOption  ValueCode = "option"   // Wants: the options
	ValuePattern ValueCode = "pattern"  // Wants: the pattern
	ValueLike    ValueCode = "like"     // likewise, and Like is an example
)

func (e *ValueError) Error() string {
	return fmt.Sprintf("parameter %s: %s", e.Param, e.Reason)
}

// Check returns a *ValueError unless value may be used for p. Patterns are
// anchored at both ends.
func (p Param) Check(value string) error { return p.check(value, compileWhole) }

// check is Check for a caller that compiles patterns in its own way.
func (p Param) check(value string, compile func(pattern string) (*regexp.Regexp, error)) error {
	refuse := func(code ValueCode, wants, format string, args ...any) error {
		return &ValueError{Param: p.Name, Code: code, Wants: wants, Like: p.Example, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case value == "":
		return refuse(ValueMissing, "", "a value is needed")
	case len(value) > maxValueBytes:
		return refuse(ValueTooLong, strconv.Itoa(maxValueBytes), "the value is longer than %d bytes", maxValueBytes)
	case !utf8.ValidString(value):
		return refuse(ValueNotText, "", "the value is not valid UTF-8")
	}
	for _, r := range value {
		if unicode.IsControl(r) && (!p.FreeText || r != '\n' && r != '\t') {
			return refuse(ValueControl, "", "the value holds a control character")
		}
	}
	if len(p.Options) > 0 && !slices.Contains(p.Options, value) {
		return refuse(ValueOption, strings.Join(p.Options, ", "), "the value must be one of: %s", strings.Join(p.Options, ", "))
	}
	pattern := p.Pattern
	if pattern == "" {
		if p.FreeText || len(p.Options) > 0 {
			return nil
		}
		pattern = defaultPattern
	}
	re, err := compile(pattern)
	if err != nil {
		return refuse("", "", "its pattern is not a regular expression: %v", err)
	}
	if !re.MatchString(value) {
		if p.Example != "" {
			return refuse(ValueLike, pattern, "the value must match %s, as %s does", pattern, p.Example)
		}
		return refuse(ValuePattern, pattern, "the value must match %s", pattern)
	}
	return nil
}

// AllowsDash reports whether the author says outright that a value may begin with a
// dash: the pattern itself begins with one, as in "-?[0-9]+" or "[-+][0-9]". One that
// merely lets everything through, as ".*", does not say so.
func (p Param) AllowsDash() bool {
	pattern := strings.TrimPrefix(p.Pattern, "^")
	for {
		rest, grouped := strings.CutPrefix(pattern, "(")
		if !grouped {
			break
		}
		pattern = strings.TrimPrefix(rest, "?:")
	}
	return slices.ContainsFunc([]string{"-", `\-`, "[-", `[\-`}, func(start string) bool { return strings.HasPrefix(pattern, start) })
}
