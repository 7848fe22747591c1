package actions

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// prometheusName is the name under which the address of Prometheus is given.
const prometheusName = "PROMETHEUS_URL"

// bareQueryValue is what may stand in a query outside quotes: a name, a number or
// a duration, but no part of an expression.
var bareQueryValue = regexp.MustCompile(`^[A-Za-z0-9_.:]+$`)

// queryPlan is a query with its values in place, and the request that asks it.
type queryPlan struct {
	query   string
	request httpPlan
	span    span
}

// planQuery puts the values of a query in place.
func planQuery(v values, address string) (plan queryPlan, err error) {
	if err := v.visible(); err != nil {
		return queryPlan{}, err
	}
	if plan.query, err = v.query(v.req.Action.Code); err != nil {
		return queryPlan{}, err
	}
	if address == "" {
		if _, err := v.missing(prometheusName); err != nil {
			return queryPlan{}, err
		}
		address = "http://" + strings.ToLower(prometheusName) + ".invalid"
	}
	base, err := url.Parse(address)
	if err != nil || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" {
		return queryPlan{}, fmt.Errorf("%s is not an address such as http://host:9090", prometheusName)
	}
	if base.User != nil {
		return queryPlan{}, fmt.Errorf("%s may not hold a user or a password", prometheusName)
	}
	plan.span = newSpan(v.req.Action.Settings.Range, v.req.Action.Settings.Step)
	plan.request = httpPlan{
		method: "GET", url: plan.span.queryURL(base, plan.query),
		headers: []runbooks.Header{{Name: "Accept", Value: "application/json"}},
	}
	return plan, nil
}

// queryPreview shows the query rather than the request that asks it.
func (p queryPlan) queryPreview(req Request) Preview {
	return Preview{Command: p.query + p.span.note(), Where: p.request.url.Host, Values: given(req, runbooks.Names(req.Action.Code))}.
		withLands(req, Fact{"http.origin", p.request.url.Scheme + "://" + p.request.url.Host})
}

// query expands a PromQL query: within quotes a value is escaped, outside it must
// be a name or a number.
func (v values) query(template string) (string, error) {
	var b strings.Builder
	quote, escaped := byte(0), false
	for _, part := range runbooks.ParseTemplate(strings.TrimSpace(template)) {
		if part.Name == "" {
			quote, escaped = scanQuotes(part.Text, quote, escaped)
			b.WriteString(part.Text)
			continue
		}
		value, err := v.get(part.Name)
		if err != nil {
			return "", err
		}
		switch {
		case quote == '`' && strings.Contains(value, "`"):
			return "", &RefusedValueError{Name: part.Name, Place: "a query", Reason: "it holds a backquote"}
		case quote == '#' && strings.ContainsAny(value, "\r\n"):
			return "", &RefusedValueError{Name: part.Name, Place: "a comment of a query", Reason: "it holds a line break"}
		case quote == '`', quote == '#':
		case quote != 0:
			value = strings.NewReplacer(`\`, `\\`, string(quote), `\`+string(quote), "\n", `\n`).Replace(value)
		case !bareQueryValue.MatchString(value) && !v.invent:
			return "", &RefusedValueError{Name: part.Name, Place: "a query outside quotes", Reason: "it is not a name or a number"}
		}
		b.WriteString(value)
	}
	if b.Len() == 0 {
		return "", fmt.Errorf("the query is empty")
	}
	return b.String(), nil
}

// scanQuotes follows the quotes of PromQL through a text. A comment counts as one
// that # opens and the end of the line closes: an apostrophe in it opens nothing.
func scanQuotes(text string, quote byte, escaped bool) (byte, bool) {
	for _, c := range []byte(text) {
		switch {
		case escaped:
			escaped = false
		case quote == '#':
			if c == '\n' || c == '\r' {
				quote = 0
			}
		case quote != 0 && quote != '`' && c == '\\':
			escaped = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'' || c == '`' || c == '#'):
			quote = c
		}
	}
	return quote, escaped
}
