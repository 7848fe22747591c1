package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// filled is a blank of an action and the variable that takes its place.
type filled struct {
	name, text string
	asked      bool // the script asks for it, although it sets the variable
}

// fillIn puts variables in the place of the blanks of a script or a query, in what
// is run.
func (r *resolver) fillIn(a *placedAction) {
	switch {
	case a.Kind == KindPromQL:
		a.filled = r.fillQuery(a)
	case a.isShell():
		if a.filled = r.fillScript(a); a.filled != "" {
			a.script = r.shell.read(a.Script())
			if !a.Declared {
				a.Effect = inferEffect(a.Action, a.script.harmless)
			}
		}
	}
	a.recognise(a.script.endless)
}

func (r *resolver) fillScript(a *placedAction) string {
	var out strings.Builder
	last := 0
	blanks := placeholders(a.Code)
	if a.prompts {
		blanks = mergeBlanks(blanks, exportPrompts(a.Code))
	}
	for _, p := range blanks {
		name := cmp.Or(p.name, r.nameOfBlank(p.text))
		if name == "" || !p.template && p.name == "" && validName(p.text) && strings.Contains(a.Code, p.text+"=") {
			continue
		}
		if last == 0 && p.name == "" {
			r.noteBlank(a, p, name)
		}
		r.fills(a, filled{name, p.text, p.name != ""})
		out.WriteString(a.Code[last:p.start])
		out.WriteString(p.in.variable(name))
		last = p.end
	}
	if last == 0 {
		return ""
	}
	return out.String() + a.Code[last:]
}

// queryBlank is a blank in a quoted text of a query; elsewhere < compares.
var queryBlank = lazily(`"<([A-Za-z][A-Za-z0-9 _.-]{0,80})>"`)

func (r *resolver) fillQuery(a *placedAction) string {
	if !strings.Contains(a.Code, `"<`) {
		return ""
	}
	script := queryBlank().ReplaceAllStringFunc(a.Code, func(s string) string {
		text := s[2 : len(s)-2]
		name := r.nameOfBlank(text)
		if name == "" {
			return s
		}
		r.fills(a, filled{name: name, text: text})
		return `"{{` + name + `}}"`
	})
	if script == a.Code {
		return ""
	}
	return script
}

func (r *resolver) fills(a *placedAction, f filled) {
	if slices.ContainsFunc(a.fills, func(known filled) bool { return known.name == f.name }) {
		return
	}
	a.fills = append(a.fills, f)
	if !f.asked {
		a.Blanks = append(a.Blanks, f.name)
	}
}

// mergeBlanks returns two lists of blanks in the order of the script. Those of the
// second count where they overlap.
func mergeBlanks(list, over []placeholder) []placeholder {
	if len(over) == 0 {
		return list
	}
	list = slices.DeleteFunc(list, func(p placeholder) bool {
		return slices.ContainsFunc(over, func(o placeholder) bool { return p.start < o.end && o.start < p.end })
	})
	list = append(list, over...)
	slices.SortFunc(list, func(a, b placeholder) int { return a.start - b.start })
	return list
}

// nameOfBlank returns the variable of a blank: a declared one that is spelt alike,
// else one made of its words.
func (r *resolver) nameOfBlank(text string) string {
	name := blankName(text)
	if declared, ok := r.folded[strings.ToLower(name)]; ok {
		return declared
	}
	return name
}

// askBlanks makes parameters of the blanks of an action, unless a block above
// sets the variable.
func (r *resolver) askBlanks(a *placedAction) {
	for _, f := range a.fills {
		_, known := r.index[f.name]
		if !known && !f.asked && !r.secret[f.name] && r.isState(f.name, a) {
			continue
		}
		r.use(a.Action, f.name, OriginText)
		if i, ok := r.index[f.name]; ok && !known && r.rb.Params[i].Origin == OriginText {
			r.rb.Params[i].Label = f.text
			r.rb.Params[i].FreeText = f.asked
			r.rb.Params[i].Note = r.explain(a, f.text)
		}
	}
}

// noteBlank says once an action how its blanks are filled in.
func (r *resolver) noteBlank(a *placedAction, p placeholder, name string) {
	line := a.Line + strings.Count(a.Code[:p.start], "\n")
	at := r.nameMark(line, p.text)
	if p.template {
		r.f.add(SeverityInfo, "template-in-script", at.line, at.column, fmt.Sprintf("{{%s}} is passed to the script as a variable", p.text), "write \"$"+name+"\"")
		return
	}
	r.f.add(SeverityInfo, "placeholder-in-script", line, r.src.column(line, 0), fmt.Sprintf("the placeholder %q is asked for and passed to the script as the variable %s", p.text, name), "write \"$"+name+"\"")
}

// maxNote bounds what is quoted of the text around a blank, in characters.
const maxNote = 240

// maxProse bounds the paragraphs of a section that are searched for a word.
const maxProse = 100

// explain returns the text that says what a value is: the sentence that mentions
// it, else the comment above it, else what introduces the script.
func (r *resolver) explain(a *placedAction, text string) string {
	around := append([]string{a.Caption, a.step.Text, a.step.Body}, a.sect.text[:min(len(a.sect.text), maxProse)]...)
	for _, prose := range around {
		if s := sentenceWith(prose, text); s != "" {
			return s
		}
	}
	if s := commentAbove(a.Code, text); s != "" {
		return s
	}
	for _, prose := range around[:2] {
		if prose != "" {
			return shorten(prose)
		}
	}
	return ""
}

// sentenceWith returns the sentence of a text that holds a word, "" when none does.
func sentenceWith(prose, word string) string {
	at := wordAt(prose, word)
	if at < 0 {
		return ""
	}
	start, end := 0, len(prose)
	for _, stop := range []string{". ", "! ", "? ", "\n\n", "\n- ", "\n* "} {
		if i := strings.LastIndex(prose[:at], stop); i >= 0 {
			start = max(start, i+len(stop))
		}
		if i := strings.Index(prose[at:], stop); i >= 0 {
			end = min(end, at+i+1)
		}
	}
	s := strings.Join(strings.Fields(prose[start:end]), " ")
	if strings.Contains(s, "```") {
		return ""
	}
	return shorten(s)
}

// wordAt returns where a word stands in a text by itself, -1 when it does not.
func wordAt(prose, word string) int {
	for from := 0; from < len(prose); {
		i := strings.Index(prose[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(word)
		if (i == 0 || !isWordByte(prose[i-1])) && (end == len(prose) || !isWordByte(prose[end])) {
			return i
		}
		from = end
	}
	return -1
}

// commentAbove returns the comment that stands directly above the first line of a
// script that holds a word, or that mentions it.
func commentAbove(code, word string) string {
	comment := ""
	for line := range strings.SplitSeq(code, "\n") {
		text, is := strings.CutPrefix(strings.TrimSpace(line), "#")
		switch {
		case is && !strings.HasPrefix(text, "!"):
			comment = strings.TrimSpace(text)
		case strings.Contains(line, word):
			return shorten(comment)
		default:
			comment = ""
		}
	}
	return ""
}

func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= maxNote {
		return s
	}
	return strings.TrimSpace(string(runes[:maxNote-1])) + "…"
}
