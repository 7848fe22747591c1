package runbooks

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sample checks an action's sample output against what the action itself expects: a
// rehearsal would fail at it, and whoever reads it is misled.
func (l *linter) sample(a *placedAction) {
	text := strings.TrimSpace(a.SampleOutput)
	if text == "" {
		if a.Settings.Similarity > 0 {
			l.mismatch(a, "expected_similarity", "there is nothing to be like: the sample output is empty")
		}
		return
	}
	if re := a.Settings.SampleRegex; re != "" {
		if compiled, err := regexp.Compile(re); err == nil && !compiled.MatchString(text) {
			l.mismatch(a, "expected_similarity", "the sample output does not match its own pattern")
		}
	}
	for _, c := range a.Settings.Capture {
		if c.Selector != "" && (a.Kind == KindShell || a.Kind == KindHTTP) && !sampleHas(c.Selector, text) {
			l.mismatch(a, "capture", fmt.Sprintf("the sample output has nothing at %s for %s", c.Selector, c.Name))
		}
	}
	for _, c := range []struct{ attribute, text string }{{"expect", a.Settings.Expect}, {"until", a.Settings.Until}} {
		if c.text == "" || strings.Contains(c.text, "{{") || CheckCondition(a.Kind, c.text) != nil {
			continue
		}
		for part := range strings.SplitSeq(c.text, " && ") {
			if clause := strings.TrimSpace(part); !sampleHolds(a.Kind, clause, text) {
				l.mismatch(a, c.attribute, fmt.Sprintf("the sample output does not meet %s=%q", c.attribute, clause))
			}
		}
	}
}

func (l *linter) mismatch(a *placedAction, attribute, message string) {
	l.report(SeverityWarning, "sample-mismatch", a.spotOf(attribute), message, "correct the sample or the expectation: a rehearsal fails here")
}

// sampleHolds judges one clause of a condition; what cannot be told from a sample
// holds.
func sampleHolds(kind Kind, clause, sample string) bool {
	if m := conditionMatch().FindStringSubmatch(clause); m != nil && (kind == KindHTTP || strings.HasPrefix(clause, "body")) {
		re, err := regexp.Compile(m[1])
		return err != nil || !strings.HasPrefix(clause, "body") || re.MatchString(sample)
	}
	if conditionJSON().MatchString(clause) {
		return jsonHolds(clause, sample)
	}
	switch kind {
	case KindPromQL:
		return numbersHold(clause, sample)
	case KindShell:
		return strings.Contains(sample, clause)
	}
	return true
}

var comparison = lazily(`^(.*?)\s*(<=|>=|==|!=|<|>)\s*(.+)$`)

// numbersHold compares the number at the end of each line.
func numbersHold(clause, sample string) bool {
	m := comparison().FindStringSubmatch(clause)
	if m == nil {
		return true
	}
	for line := range strings.SplitSeq(sample, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if got, err := strconv.ParseFloat(words[len(words)-1], 64); err == nil && !compares(got, m[2], m[3]) {
			return false
		}
	}
	return true
}

func compares(got float64, operator, number string) bool {
	want, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return true
	}
	switch operator {
	case "<":
		return got < want
	case "<=":
		return got <= want
	case ">":
		return got > want
	case ">=":
		return got >= want
	case "!=":
		return got != want
	}
	return got == want
}

var plainPath = lazily(`^\$(?:\.[A-Za-z_][A-Za-z0-9_-]*)+$`)

// jsonHolds judges comparisons with the member that a path of names leads to.
func jsonHolds(clause, sample string) bool {
	var doc any
	if json.Unmarshal([]byte(sample), &doc) != nil {
		return false // nothing stands at any path
	}
	m := comparison().FindStringSubmatch(clause)
	if m == nil || !plainPath().MatchString(m[1]) {
		return true
	}
	doc, ok := memberAt(doc, m[1])
	if !ok {
		return false
	}
	want := strings.TrimSpace(m[3])
	switch value := doc.(type) {
	case float64:
		return compares(value, m[2], want)
	case string, bool, nil:
		same := fmt.Sprint(value) == strings.Trim(want, `"'`) || value == nil && want == "null"
		return m[2] == "==" && same || m[2] == "!=" && !same || m[2] != "==" && m[2] != "!="
	}
	return true
}

// memberAt follows a path of names.
func memberAt(doc any, path string) (any, bool) {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		object, ok := doc.(map[string]any)
		if !ok {
			return nil, false
		}
		if doc, ok = object[name]; !ok {
			return nil, false
		}
	}
	return doc, true
}

// sampleHas reports whether a value can be captured from a sample. Of paths that are
// more than names it is only asked that there is JSON.
func sampleHas(path, sample string) bool {
	var doc any
	if json.Unmarshal([]byte(sample), &doc) != nil {
		return false
	}
	if !plainPath().MatchString(path) {
		return true
	}
	value, ok := memberAt(doc, path)
	return ok && value != nil
}

// orphans finds blocks of output that belong to no action: nothing shows them, and
// no rehearsal answers with them.
func (l *linter) orphans() {
	taken := map[string]bool{}
	for _, a := range l.walk {
		taken[strings.TrimSpace(a.SampleOutput)] = true
	}
	var visit func(blocks []*block)
	visit = func(blocks []*block) {
		for _, b := range blocks {
			if b.kind == blockCode && b.fenced && strings.EqualFold(b.reading().info.word, "output") && !taken[strings.TrimSpace(b.code)] {
				l.report(SeverityWarning, "output-of-nothing", spot{b.line, b.infoAt}, "the output belongs to no action: it is neither compared nor used by a rehearsal", "put it directly below the block that prints it")
			}
			visit(b.children)
		}
	}
	for _, s := range l.sections {
		visit(s.blocks)
	}
}
