package runbooks

import (
	"regexp/syntax"
	"strings"
)

// loose says how the value of a variable may become an option of the command that it is
// given to: 0 when it cannot.
type loose uint8

const (
	splits    loose = 1 << iota // it may hold blanks, at which the shell cuts it where it is not quoted
	dashes                      // it may begin with a dash
	anything  = splits | dashes
	ifsBlanks = " \t\n"
)

// looseText judges a value that is known.
func looseText(text string) (how loose) {
	if strings.ContainsAny(text, ifsBlanks) {
		how |= splits
	}
	if strings.HasPrefix(text, "-") {
		how |= dashes
	}
	return how
}

// loose judges all the values that a parameter may have.
func (p Param) loose() loose {
	how := looseText(p.Default)
	switch {
	case len(p.Options) > 0:
		for _, option := range p.Options {
			how |= looseText(option)
		}
	case p.Pattern != "":
		how |= loosePattern(p.Pattern)
	case p.FreeText:
		how = anything
	}
	return how
}

// loosePattern judges all that an author's pattern lets through.
func loosePattern(pattern string) (how loose) {
	re, err := syntax.Parse(whole(pattern), syntax.Perl)
	if err != nil {
		return anything
	}
	if mayHold(re, ' ') {
		how |= splits
	}
	if begins, _ := mayBegin(re, '-'); begins {
		how |= dashes
	}
	return how
}

// mayHold reports whether some text that an expression matches may hold a character.
func mayHold(re *syntax.Regexp, c rune) bool {
	if takes(re, c) {
		return true
	}
	for _, sub := range re.Sub {
		if mayHold(sub, c) {
			return true
		}
	}
	return false
}

// takes reports whether an expression without parts matches a character, or a text with it.
func takes(re *syntax.Regexp, c rune) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		return strings.ContainsRune(string(re.Rune), c)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i] <= c && c <= re.Rune[i+1] {
				return true
			}
		}
	}
	return false
}

// mayBegin reports whether some text that an expression matches may begin with a
// character, and whether it may be empty, so that what follows begins the text.
func mayBegin(re *syntax.Regexp, c rune) (begins, empty bool) {
	switch re.Op {
	case syntax.OpNoMatch:
		return false, false
	case syntax.OpLiteral:
		return len(re.Rune) > 0 && re.Rune[0] == c, len(re.Rune) == 0
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpCharClass:
		return takes(re, c), false
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			first, none := mayBegin(sub, c)
			if begins = begins || first; !none {
				return begins, false
			}
		}
		return begins, true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			first, none := mayBegin(sub, c)
			begins, empty = begins || first, empty || none
		}
		return begins, empty
	case syntax.OpCapture, syntax.OpPlus, syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
		begins, empty = mayBegin(re.Sub[0], c)
		return begins, empty || re.Op == syntax.OpStar || re.Op == syntax.OpQuest || re.Op == syntax.OpRepeat && re.Min == 0
	}
	return false, true // anchors and boundaries take no room
}
