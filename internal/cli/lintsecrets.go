package cli

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

var maskedShape = regexp.MustCompile(`\[secret ([a-z-]+)\]`)

// writtenSecrets finds tokens of well-known shapes in a text, by the same rules
// that mask them in output.
func writtenSecrets(source []byte) []runbooks.Diagnostic {
	shapes := &redact.Set{}
	if _, count := shapes.String(string(source)); count == 0 {
		return nil
	}
	var all []runbooks.Diagnostic
	for i, line := range strings.Split(string(source), "\n") {
		masked, count := shapes.String(line)
		if count == 0 {
			continue
		}
		at := 0
		for at < len(line) && at < len(masked) && line[at] == masked[at] {
			at++
		}
		name := "secret"
		for _, m := range maskedShape.FindAllStringSubmatchIndex(masked, -1) {
			if m[1] > at {
				name = masked[m[2]:m[3]]
				break
			}
		}
		// A header or a URL of an example looks like a real one: a key does not.
		severity := runbooks.SeverityError
		if name == "authorization" || name == "url-password" || name == "secret" {
			severity = runbooks.SeverityWarning
		}
		all = append(all, runbooks.Diagnostic{
			Severity: severity, Code: "secret-in-text", Line: i + 1, Column: 1 + utf8.RuneCountInString(line[:at]),
			Message: fmt.Sprintf("a secret stands in the text (%s)", name),
			Hint:    "replace it, declare a name for it in secrets, and change the secret: whoever read the text has it",
		})
	}
	return all
}
