package sandbox

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// query is the part of PromQL that this service understands:
//
//	metric{label="value",label!="v",label=~"re",label!~"re"}
//	sum|min|max|avg|count(selector)
//	either of them compared with a number, which keeps what compares so
//	a number
type query struct {
	scalar   *float64
	metric   string
	matchers []matcher
	fold     string // "" or the aggregation
	compare  string // "" or the operator
	limit    float64
}

type matcher struct {
	label, op, value string
	re               *regexp.Regexp
}

var (
	numberForm     = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`)
	comparisonForm = regexp.MustCompile(`^(.*?)\s*(<=|>=|==|!=|<|>)\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)$`)
	foldForm       = regexp.MustCompile(`^(sum|min|max|avg|count)\s*\(\s*(.*?)\s*\)$`)
	selectorForm   = regexp.MustCompile(`^([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?$`)
	matcherForm    = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'[^'\\]*')\s*(,|$)`)
)

// parseQuery reads text. The error says what is not understood.
func parseQuery(text string) (query, error) {
	rest := strings.TrimSpace(text)
	if numberForm.MatchString(rest) {
		value, err := strconv.ParseFloat(rest, 64)
		return query{scalar: &value}, err
	}
	var q query
	if parts := comparisonForm.FindStringSubmatch(rest); parts != nil {
		limit, err := strconv.ParseFloat(parts[3], 64)
		if err != nil {
			return query{}, fmt.Errorf("not a number: %s", parts[3])
		}
		rest, q.compare, q.limit = parts[1], parts[2], limit
	}
	if parts := foldForm.FindStringSubmatch(rest); parts != nil {
		q.fold, rest = parts[1], parts[2]
	}
	parts := selectorForm.FindStringSubmatch(rest)
	if parts == nil {
		return query{}, fmt.Errorf("the practice service understands simple selectors only, such as metric{label=\"value\"}, not %q", text)
	}
	q.metric = parts[1]
	var err error
	q.matchers, err = parseMatchers(parts[2])
	return q, err
}

func parseMatchers(text string) ([]matcher, error) {
	var all []matcher
	for strings.TrimSpace(text) != "" {
		found := matcherForm.FindStringSubmatch(text)
		if found == nil {
			return nil, fmt.Errorf("not a label matcher: %s", strings.TrimSpace(text))
		}
		text = text[len(found[0]):]
		value := strings.Trim(found[3], `'`)
		if found[3][0] == '"' {
			var err error
			if value, err = strconv.Unquote(found[3]); err != nil {
				return nil, fmt.Errorf("not a string: %s", found[3])
			}
		}
		m := matcher{label: found[1], op: found[2], value: value}
		if strings.HasSuffix(m.op, "~") {
			re, err := regexp.Compile(`\A(?:` + value + `)\z`)
			if err != nil {
				return nil, fmt.Errorf("not a regular expression: %s", value)
			}
			m.re = re
		}
		all = append(all, m)
	}
	return all, nil
}

// holds tells whether a label has the value that is asked for. A label that is
// absent counts as empty, as in Prometheus.
func (m matcher) holds(labels map[string]string) bool {
	value := labels[m.label]
	switch m.op {
	case "=":
		return value == m.value
	case "!=":
		return value != m.value
	case "=~":
		return m.re.MatchString(value)
	default:
		return !m.re.MatchString(value)
	}
}

// apply selects, aggregates and filters. It does not change all.
func (q query) apply(all []sample) []sample {
	kept := []sample{}
	for _, candidate := range all {
		if candidate.labels["__name__"] == q.metric && q.selects(candidate) {
			kept = append(kept, candidate)
		}
	}
	if q.fold != "" && len(kept) > 0 {
		kept = []sample{{labels: map[string]string{}, value: fold(q.fold, kept)}}
	}
	if q.compare == "" {
		return kept
	}
	passing := []sample{}
	for _, candidate := range kept {
		if compares(candidate.value, q.compare, q.limit) {
			passing = append(passing, candidate)
		}
	}
	return passing
}

func (q query) selects(candidate sample) bool {
	for _, m := range q.matchers {
		if !m.holds(candidate.labels) {
			return false
		}
	}
	return true
}

// fold aggregates; samples is not empty.
func fold(how string, samples []sample) float64 {
	total, low, high := 0.0, samples[0].value, samples[0].value
	for _, one := range samples {
		total += one.value
		low, high = min(low, one.value), max(high, one.value)
	}
	switch how {
	case "sum":
		return total
	case "min":
		return low
	case "max":
		return high
	case "avg":
		return total / float64(len(samples))
	default:
		return float64(len(samples))
	}
}

func compares(value float64, op string, limit float64) bool {
	switch op {
	case "<":
		return value < limit
	case "<=":
		return value <= limit
	case ">":
		return value > limit
	case ">=":
		return value >= limit
	case "==":
		return value == limit
	default:
		return value != limit
	}
}
