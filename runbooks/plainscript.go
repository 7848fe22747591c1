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
	commands, harmless, endless := 0, true, false
	for line := range strings.SplitSeq(code, "\n") {
		words := plainWords(line)
		if len(words) == 0 {
			continue
		}
		name := words[0].literal()
		if name == "" || notPlain[name] || strings.Contains(name, "=") {
			return false
		}
		commands++
		harmless = harmless && commandReads(name, words[1:])
		endless = endless || lineNeverEnds(words)
	}
	s.parsed, s.harmless, s.endless = true, commands > 0 && harmless, endless
	s.variables(code)
	return true
}

// literal returns a word that is certain as it stands, else "".
func (a argument) literal() string {
	if a.dynamic || a.quoted {
		return ""
	}
	return a.text
}

func lineNeverEnds(words []argument) bool {
	if !mayNeverEnd[words[0].text] && !prefixes[words[0].text] {
		return false
	}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.literal()
	}
	return callNeverEnds(texts)
}

// plainWords returns the words of a plain line.
func plainWords(line string) []argument {
	var words []argument
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		var w argument
		end, quoted := 0, false
		for ; end < len(line) && (quoted || line[end] != ' '); end++ {
			switch line[end] {
			case '"':
				quoted, w.quoted = !quoted, true
			case '$':
				w.dynamic, w.unquoted = true, w.unquoted || !quoted
				w.begins = w.begins || !quoted || end <= 1
			}
		}
		if w.text = line[:end]; w.quoted || w.dynamic {
			w.text = strings.ReplaceAll(variableForm().ReplaceAllString(w.text, ""), `"`, "")
		}
		words, line = append(words, w), line[end:]
	}
	return words
}
