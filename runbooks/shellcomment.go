package runbooks

import "strings"

// endComments takes the backslash off the end of each comment of a script. To a shell a
// comment ends with its line whatever stands there; the parser of shells takes the next line
// for a part of it, and would not see what runs there. Places stay as they are.
func endComments(code string) string {
	if !strings.Contains(code, "\\\n") || !strings.Contains(code, "#") {
		return code
	}
	out := []byte(code)
	var quote byte
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '#' && (i == 0 || strings.IndexByte(" \t\n;&|()`", out[i-1]) >= 0):
			end := strings.IndexByte(code[i:], '\n')
			if end < 0 {
				return string(out)
			}
			i += end
			if out[i-1] == '\\' {
				out[i-1] = ' '
			}
		}
	}
	return string(out)
}

// hidesLines reports whether a line with the sign of a comment ends with a backslash. What
// the next line is may then depend on quotes and documents around it: nothing that is
// inferred of such a script is trusted.
func hidesLines(code string) bool {
	for line := range strings.Lines(code) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasSuffix(line, "\\") && strings.Contains(line, "#") {
			return true
		}
	}
	return false
}
