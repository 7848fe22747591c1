package actions

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ohler55/ojg/jp"
)

// errNoJSON says that a body in which a JSON path was looked for is not JSON.
var errNoJSON = errors.New("it is not JSON")

// jsonCompare compares what a JSON path selects: there must be something, and all
// of it must compare so.
type jsonCompare struct {
	path    jp.Expr
	op      string
	operand any // float64, string, bool or nil
}

// parseJSONClause reads `$.path OP OPERAND`.
func parseJSONClause(v values, path, op, operand string) (clause, error) {
	expr, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	if len(operand) >= 2 && operand[0] == '\'' && operand[len(operand)-1] == '\'' {
		operand = `"` + strings.ReplaceAll(operand[1:len(operand)-1], `"`, `\"`) + `"`
	}
	if operand, err = v.expandJSON(operand); err != nil {
		return nil, err
	}
	c := jsonCompare{path: expr, op: op}
	if err := json.Unmarshal([]byte(operand), &c.operand); err != nil {
		return nil, errors.New(`compare with a number, "text", true, false or null`)
	}
	if _, number := c.operand.(float64); !number && op != "==" && op != "!=" {
		return nil, fmt.Errorf("%s compares numbers only", op)
	}
	return c, nil
}

// parsePath reads a JSON path. The library panics on some texts that are none.
func parsePath(path string) (expr jp.Expr, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%q is not a JSON path", path)
		}
	}()
	if expr, err = jp.ParseString(path); err != nil {
		return nil, fmt.Errorf("%q is not a JSON path: %w", path, err)
	}
	return expr, nil
}

func (c jsonCompare) holds(o *observation) (bool, string) {
	found, err := selectJSON(o, c.path)
	if err != nil {
		return false, err.Error()
	}
	if len(found) == 0 {
		return false, "nothing at " + c.path.String()
	}
	for _, value := range found {
		if !c.compare(value) {
			return false, jsonText(value)
		}
	}
	return true, ""
}

func (c jsonCompare) compare(value any) bool {
	if want, ok := c.operand.(float64); ok {
		if got, ok := value.(float64); ok {
			return compare(got, c.op, want)
		}
		return c.op == "!="
	}
	return (value == c.operand) == (c.op == "==") && scalar(value) ||
		!scalar(value) && c.op == "!="
}

// scalar reports whether == is defined for a decoded JSON value.
func scalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// selectJSON returns what path selects from the body. A path that the library
// cannot follow through it selects nothing.
func selectJSON(o *observation, path jp.Expr) (found []any, err error) {
	defer func() {
		if recover() != nil {
			found, err = nil, fmt.Errorf("%s cannot be followed", path)
		}
	}()
	if o.cut {
		return nil, errors.New("the response is too long to be read as JSON")
	}
	var doc any
	if err := json.Unmarshal(o.body, &doc); err != nil {
		return nil, errNoJSON
	}
	return path.Get(doc), nil
}

// jsonText is a decoded value as text: strings without their quotes.
func jsonText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return formatNumber(value)
	case nil:
		return "null"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// clipText shortens a text for a message. It must be masked before.
func clipText(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
