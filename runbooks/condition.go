package runbooks

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The forms of a clause, docs/runbook-format.md "Conditions".
var (
	conditionStatus = lazily(`^[1-5](\d\d|xx)(\s*,\s*[1-5](\d\d|xx))*$`)
	conditionNumber = lazily(`^(?:<=|>=|==|!=|<|>)\s*(\S+)$`)
	conditionJSON   = lazily(`^\$.*?\s*(?:<=|>=|==|!=|<|>)\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^<>=!"']*)$`)
	conditionMatch  = lazily(`^(?:body|header\s+[A-Za-z0-9-]+)\s*~\s*(.+)$`)
)

// CheckCondition says what is wrong with the text of an expect or until of an
// action of that kind, as far as it shows before values are known; nil when an
// executor can read it.
func CheckCondition(kind Kind, text string) error {
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, " && ") {
		if err := checkClause(kind, strings.TrimSpace(part)); err != nil {
			return fmt.Errorf("condition %q: %w", part, err)
		}
	}
	return nil
}

func checkClause(kind Kind, clause string) error {
	// What a value will be is not known: a number may stand wherever one may.
	plain := replaceBraced(clause, func(string) string { return "1" })
	if strings.Contains(plain, "~") {
		if m := conditionMatch().FindStringSubmatch(plain); m != nil && (kind == KindHTTP || strings.HasPrefix(plain, "body")) {
			_, err := regexp.Compile(m[1])
			return err
		}
	}
	if strings.HasPrefix(plain, "$") && kind != KindMail {
		if m := conditionJSON().FindStringSubmatch(plain); m != nil {
			return checkJSONValue(strings.TrimSpace(m[1]))
		}
	}
	switch kind {
	case KindShell:
		return nil // a text that the output contains
	case KindPromQL:
		m := conditionNumber().FindStringSubmatch(plain)
		if m == nil {
			return errors.New("write a comparison with a number, such as < 0.05")
		}
		if _, err := strconv.ParseFloat(m[1], 64); err != nil {
			return fmt.Errorf("%q is not a number", m[1])
		}
		return nil
	}
	for _, value := range []string{"1", "11", "200"} {
		if conditionStatus().MatchString(replaceBraced(clause, func(string) string { return value })) {
			return nil
		}
	}
	return errors.New("write a status such as 2xx, $.path == \"value\", body ~ RE or header NAME ~ RE")
}

func checkJSONValue(value string) error {
	if _, err := strconv.ParseFloat(value, 64); err == nil || strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'") {
		return nil
	}
	if value == "true" || value == "false" || value == "null" {
		return nil
	}
	return errors.New(`compare with a number, "text", true, false or null`)
}

// lintTexts reads what an executor will read, so that a mistake in it is found
// before an incident and not in its middle.
func (a *placedAction) lintTexts() {
	var err error
	switch a.Kind {
	case KindHTTP:
		_, err = ParseHTTP(a.Code)
	case KindMail:
		_, err = ParseMail(a.Code)
	}
	var request *RequestError
	if errors.As(err, &request) {
		// A fence that was not written for us may be an example of something else.
		severity := SeverityWarning
		if len(a.Attrs) > 0 {
			severity = SeverityError
		}
		s := a.inCode(request.Line)
		a.f.add(severity, "bad-request", s.line, a.src.column(s.line, s.at), request.Reason, request.Hint)
	}
	for _, c := range []struct{ attribute, text string }{{"until", a.Settings.Until}, {"expect", a.Settings.Expect}} {
		if err := CheckCondition(a.Kind, c.text); err != nil {
			a.fail("bad-condition", c.attribute, fmt.Sprintf("%s: %v", c.attribute, err), `see "Conditions" in the description of the format`)
		}
	}
}

// inCode returns where the text of a line of the action's code begins, 0 being
// the first.
func (d *declaring) inCode(index int) spot {
	s := spot{line: d.a.Line + index}
	lines := strings.Split(d.a.Code, "\n")
	if index >= len(lines) || s.line > len(d.src.lines) {
		return s
	}
	source, text := d.src.lines[s.line-1], strings.TrimLeft(lines[index], " \t")
	if strings.HasSuffix(source, text) {
		s.at = len(source) - len(text)
	}
	return s
}
