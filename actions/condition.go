package actions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// observation is what an attempt saw, for conditions and captures.
type observation struct {
	kind    runbooks.Kind
	status  int                 // http, mail
	headers map[string][]string // http, canonical names
	body    []byte              // the response, or stdout
	output  []byte              // of a shell: both streams as they came
	numbers []float64           // promql, one a series
	cut     bool                // body is only the beginning of it
	commit  func()              // makes the attempt's effects on the run's state final; may be nil
}

// clause is one part of a condition.
type clause interface {
	// holds tells whether o meets the clause, and what was seen instead.
	holds(o *observation) (met bool, seen string)
}

// condition is a parsed `expect` or `until`: all of its clauses must hold.
type condition struct {
	text    string // as written, values in place
	clauses []clause
}

var (
	statusClause = regexp.MustCompile(`^[1-5](\d\d|xx)(\s*,\s*[1-5](\d\d|xx))*$`)
	numberClause = regexp.MustCompile(`^(<=|>=|==|!=|<|>)\s*(\S+)$`)
	jsonClause   = regexp.MustCompile(`^(\$.*?)\s*(<=|>=|==|!=|<|>)\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^<>=!"']*)$`)
	bodyClause   = regexp.MustCompile(`^body\s*~\s*(.+)$`)
	headerClause = regexp.MustCompile(`^header\s+([A-Za-z0-9-]+)\s*~\s*(.+)$`)
)

// parseCondition reads a condition of an action of the given kind
// (docs/runbook-format.md, "Conditions"). {{name}} in it is taken literally: in a
// regular expression it matches just the value.
func parseCondition(v values, text string) (condition, error) {
	c := condition{}
	if text == "" {
		return c, nil
	}
	var err error
	if c.text, err = runbooks.Expand(text, v.get); err != nil {
		return c, err
	}
	for part := range strings.SplitSeq(text, " && ") {
		parsed, err := parseClause(v, strings.TrimSpace(part))
		if err != nil {
			return c, fmt.Errorf("condition %q: %w", part, err)
		}
		c.clauses = append(c.clauses, parsed)
	}
	return c, nil
}

func parseClause(v values, text string) (clause, error) {
	kind := v.req.Action.Kind
	if m := bodyClause.FindStringSubmatch(text); m != nil {
		re, err := compileWith(v, m[1])
		return matchClause{re: re}, err
	}
	if m := headerClause.FindStringSubmatch(text); m != nil && kind == runbooks.KindHTTP {
		re, err := compileWith(v, m[2])
		return matchClause{header: m[1], re: re}, err
	}
	if m := jsonClause.FindStringSubmatch(text); m != nil && kind != runbooks.KindMail {
		return parseJSONClause(v, m[1], m[2], strings.TrimSpace(m[3]))
	}
	plain, err := runbooks.Expand(text, v.get)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == runbooks.KindShell:
		return textClause(plain), nil
	case kind == runbooks.KindPromQL:
		if m := numberClause.FindStringSubmatch(plain); m != nil {
			limit, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, fmt.Errorf("%q is not a number", m[2])
			}
			return sampleClause{op: m[1], limit: limit}, nil
		}
	case statusClause.MatchString(plain):
		return statuses(strings.Split(strings.ReplaceAll(plain, " ", ""), ",")), nil
	}
	return nil, fmt.Errorf("it is none that an action of kind %s knows; see \"Conditions\" in the description of the format", kind)
}

// compileWith compiles a regular expression in which values match themselves.
func compileWith(v values, expr string) (*regexp.Regexp, error) {
	expr, err := runbooks.Expand(expr, v.encoded(func(_, value string) (string, error) {
		return regexp.QuoteMeta(value), nil
	}))
	if err != nil {
		return nil, err
	}
	return regexp.Compile(expr)
}

// evaluate tells whether all clauses hold, and else what the first one that does
// not saw.
func (c condition) evaluate(o *observation) (bool, string) {
	for _, cl := range c.clauses {
		if met, seen := cl.holds(o); !met {
			return false, seen
		}
	}
	return true, ""
}

// aboutStatus reports whether the condition says which status is meant.
func (c condition) aboutStatus() bool {
	for _, cl := range c.clauses {
		if _, ok := cl.(statuses); ok {
			return true
		}
	}
	return false
}

// statuses are the accepted ones: "200", "2xx".
type statuses []string

func (s statuses) holds(o *observation) (bool, string) {
	code := strconv.Itoa(o.status)
	for _, want := range s {
		if want == code || strings.HasSuffix(want, "xx") && want[0] == code[0] {
			return true, ""
		}
	}
	return false, "status " + code
}

// sampleClause compares the numbers of a query: every series must satisfy it.
type sampleClause struct {
	op    string
	limit float64
}

func (s sampleClause) holds(o *observation) (bool, string) {
	if len(o.numbers) == 0 {
		return false, "no sample"
	}
	for _, n := range o.numbers {
		if !compare(n, s.op, s.limit) {
			return false, formatNumber(n)
		}
	}
	return true, ""
}

// matchClause matches the body or the output, or a response header.
type matchClause struct {
	header string // "" = the body
	re     *regexp.Regexp
}

func (m matchClause) holds(o *observation) (bool, string) {
	if m.header != "" {
		for name, all := range o.headers {
			for _, value := range all {
				if strings.EqualFold(name, m.header) && m.re.MatchString(value) {
					return true, ""
				}
			}
		}
		return false, "no such header " + m.header
	}
	text := o.body
	if o.kind == runbooks.KindShell {
		text = o.output
	}
	return m.re.Match(text), "no match"
}

// absent is what an output shows of a text that is not in it.
const absent = "not in the output"

// textClause is a text that the output contains.
type textClause string

func (t textClause) holds(o *observation) (bool, string) {
	return strings.Contains(string(o.output), string(t)), absent
}

// compare compares numbers; NaN satisfies nothing but !=.
func compare(a float64, op string, b float64) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "==":
		return a == b
	}
	return a != b
}

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }
