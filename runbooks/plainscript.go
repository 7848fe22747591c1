package runbooks

import "strings"

// isPlain reports whether a script is nothing but words, quoted words and
// variables: no operator, pattern or substitution. There is nothing more in it
// than it seems.
func isPlain(code string) bool {
	quoted := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case isWordByte(c), strings.IndexByte(" ./:,@%+=-", c) >= 0:
		case c == '\n' && !quoted:
		case c == '"':
			quoted = !quoted
		case c == '$':
			end := variableEnd(code, i)
			if end == 0 {
				return false
			}
			i = end - 1
		default:
			return false
		}
	}
	return !quoted
}

// variableEnd returns the offset behind $NAME or ${NAME} at i, 0 when neither
// stands there.
func variableEnd(code string, i int) int {
	start := i + 1
	braced := strings.HasPrefix(code[start:], "{")
	if braced {
		start++
	}
	end := start
	for end < len(code) && isWordByte(code[end]) {
		end++
	}
	if end == start || code[start] <= '9' {
		return 0
	}
	if !braced {
		return end
	}
	if end == len(code) || code[end] != '}' {
		return 0
	}
	return end + 1
}

// notPlain are words with which a line of words is more than a command.
var notPlain = wordSet(`if then elif else fi for in do done while until case esac select function time coproc read mapfile readarray getopts
	printf export declare local typeset readonly alias unset eval`)

// plain reads a script of nothing but words.
func (s *script) plain(code string) bool {
	if !isPlain(code) {
		return false
	}
	commands, harmless := 0, true
	for line := range strings.SplitSeq(code, "\n") {
		words := plainWords(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "" || notPlain[words[0]] || strings.Contains(words[0], "=") {
			return false
		}
		commands++
		harmless = harmless && wordsRead(words)
	}
	s.parsed, s.harmless = true, commands > 0 && harmless
	s.variables(code)
	return true
}

// plainWords returns the words of a plain line; one with a quote or a variable in
// it is only known when it runs, "".
func plainWords(line string) []string {
	var words []string
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		end, quoted := 0, false
		for ; end < len(line) && (quoted || line[end] != ' '); end++ {
			quoted = quoted != (line[end] == '"')
		}
		word := line[:end]
		if strings.ContainsAny(word, `"$`) {
			word = ""
		}
		words, line = append(words, word), line[end:]
	}
	return words
}
