package runbooks

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxWord bounds a word whose variables are in place, in bytes.
const maxWord = 16 << 10

// word puts the variables of a word in place. Only plain ones and such with a
// default are: whatever else an expansion does, it does when the script runs.
func (t *tracker) word(w *syntax.Word) Word {
	parts := w.Parts
	var b strings.Builder
	if lit, ok := parts[0].(*syntax.Lit); ok && (lit.Value == "~" && len(parts) == 1 || strings.HasPrefix(lit.Value, "~/")) {
		home := t.lookup("HOME")
		if !home.Known || home.Text == "" {
			return Word{}
		}
		b.WriteString(home.Text + unquote(lit.Value[1:], ""))
		parts = parts[1:]
	}
	for _, part := range parts {
		if !t.part(&b, part, false) || b.Len() > maxWord {
			return Word{}
		}
	}
	return Word{b.String(), true}
}

func (t *tracker) part(b *strings.Builder, part syntax.WordPart, quoted bool) bool {
	switch p := part.(type) {
	case *syntax.Lit:
		special := ""
		if quoted {
			special = "$`\"\\\n"
		}
		b.WriteString(unquote(p.Value, special))
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
		return !p.Dollar || !strings.Contains(p.Value, `\`)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			if !t.part(b, inner, true) {
				return false
			}
		}
	case *syntax.ParamExp:
		value := t.expansion(p)
		b.WriteString(value.Text)
		return value.Known
	default:
		return false
	}
	return true
}

func (t *tracker) expansion(p *syntax.ParamExp) Word {
	if p.Param == nil || !validName(p.Param.Value) || p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return Word{}
	}
	value := t.lookup(p.Param.Value)
	if p.Exp == nil || !value.Known {
		return value
	}
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if value.Text != "" {
			return value
		}
		if p.Exp.Word == nil || len(p.Exp.Word.Parts) == 0 {
			return Word{Known: true}
		}
		return t.word(p.Exp.Word)
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return Word{value.Text, value.Text != ""}
	}
	return Word{}
}

func (t *tracker) lookup(name string) Word {
	if w, ok := t.vars[name]; ok {
		return w
	}
	return t.base(name)
}

// unquote takes the backslashes away that quote what stands behind them: any
// character, or only those of special.
func unquote(s, special string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (special == "" || strings.IndexByte(special, s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
