package actions

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// maxCaptured bounds a captured value, as that of any parameter, in bytes.
const maxCaptured = 4096

// capture takes the values that an action keeps from what it returned.
func capture(wanted []runbooks.Capture, o *observation) (map[string]string, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	kept := make(map[string]string, len(wanted))
	for _, c := range wanted {
		value, err := captureOne(c, o)
		if err == nil {
			err = checkCaptured(value)
		}
		if err != nil {
			return nil, fmt.Errorf("capture %s: %w", c.Name, err)
		}
		kept[c.Name] = value
	}
	return kept, nil
}

func captureOne(c runbooks.Capture, o *observation) (string, error) {
	if c.Selector == "" {
		if o.kind == runbooks.KindPromQL && len(o.numbers) == 1 {
			return formatNumber(o.numbers[0]), nil
		}
		return strings.TrimSpace(string(o.body)), nil
	}
	path, err := parsePath(c.Selector)
	if err != nil {
		return "", err
	}
	found, err := selectJSON(o, path)
	if err != nil {
		return "", err
	}
	if len(found) == 0 || found[0] == nil {
		return "", fmt.Errorf("there is nothing at %s", c.Selector)
	}
	return jsonText(found[0]), nil
}

// checkCaptured refuses what no parameter could be. A captured value is an
// outside one like any other.
func checkCaptured(value string) error {
	switch {
	case value == "":
		return errors.New("the value is empty")
	case len(value) > maxCaptured:
		return fmt.Errorf("the value is longer than %d bytes", maxCaptured)
	case !utf8.ValidString(value):
		return errors.New("the value is not valid UTF-8")
	case sanitize.String(value) != value || strings.Contains(value, "\r"):
		return errors.New("the value holds control characters or hidden ones")
	}
	return nil
}
