package runbooks

import "strings"

// stripPrompts reads a block that starts with "$ " as a transcript: the commands
// behind the prompts are its code, what they printed its sample output.
func (r *codeReading) stripPrompts() {
	lines := strings.SplitAfter(r.code, "\n")
	first := 0
	for first < len(lines) && (strings.TrimSpace(lines[first]) == "" || strings.HasPrefix(lines[first], "#")) {
		first++
	}
	if first == len(lines) || !strings.HasPrefix(lines[first], "$ ") {
		return
	}
	var code, sample strings.Builder
	goesOn := false
	for _, line := range lines {
		command, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case prompt || goesOn:
			code.WriteString(command)
			t := strings.TrimSpace(command)
			goesOn = strings.HasSuffix(t, `\`) || strings.HasSuffix(t, "|") || strings.HasSuffix(t, "&&")
		case strings.HasPrefix(line, "#") && sample.Len() == 0:
			code.WriteString(line)
		case strings.TrimSpace(line) != "" || sample.Len() > 0:
			sample.WriteString(line)
		}
	}
	r.code, r.sample, r.stripped = code.String(), sample.String(), true
}
