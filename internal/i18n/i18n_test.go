package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var field = regexp.MustCompile(`\{\{\s*\.\w+`)

// messagesOf returns every message of a language, flattened; plural forms become
// ids of their own.
func messagesOf(t *testing.T, lang string) map[string]string {
	t.Helper()
	names, err := fs.Glob(files, "messages/*."+lang+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no message files for %s: %v", lang, err)
	}
	all := map[string]string{}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(raw, &messages); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, message := range messages {
			if _, twice := all[id]; twice {
				t.Errorf("%s: %s stands in another file of %s too", name, id, lang)
			}
			switch message := message.(type) {
			case string:
				all[id] = message
			case map[string]any:
				all[id] = ""
				for form, text := range message {
					all[id+"#"+form] = text.(string)
				}
			}
		}
	}
	return all
}

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	english, spanish := messagesOf(t, "en"), messagesOf(t, "es")
	for _, id := range slices.Sorted(maps.Keys(english)) {
		translated, ok := spanish[id]
		if !ok {
			t.Errorf("%s has no Spanish text", id)
			continue
		}
		if a, b := fieldsOf(english[id]), fieldsOf(translated); !slices.Equal(a, b) {
			t.Errorf("%s: fields differ: %v and %v", id, a, b)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(spanish)) {
		if _, ok := english[id]; !ok {
			t.Errorf("%s has no English text", id)
		}
	}
}

func fieldsOf(text string) []string {
	fields := field.FindAllString(text, -1)
	for i := range fields {
		fields[i] = strings.TrimLeft(fields[i], "{ ")
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func TestPrinterPicksTheFirstLanguageItUnderstands(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		wishes []string
		want   string
	}{
		{[]string{"es"}, "es"},
		{[]string{"", "es_ES.UTF-8"}, "es"},
		{[]string{"es-AR"}, "es"},
		{[]string{"C", "en_GB.UTF-8"}, "en"},
		{[]string{"ja", "es"}, "es"},
		{[]string{"ja"}, "en"},
		{nil, "en"},
	} {
		if got := catalog.Printer(test.wishes...).Lang(); got != test.want {
			t.Errorf("Printer(%q) speaks %s, want %s", test.wishes, got, test.want)
		}
	}
}

func TestEveryTextCanBeRead(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for lang, texts := range catalog.texts {
		all, err := texts()
		if err != nil {
			t.Fatal(lang, err)
		}
		for part := range maps.Clone(all.late) {
			if err := all.readLate(part); err != nil {
				t.Error(lang, err)
			}
			if !slices.ContainsFunc(slices.Collect(maps.Keys(all.waiting)), func(id string) bool { return strings.HasPrefix(id, part+".") }) {
				t.Errorf("%s: the part %s holds no text", lang, part)
			}
		}
		for id := range maps.Clone(all.waiting) {
			if err := all.add(id); err != nil {
				t.Error(lang, err)
			}
		}
		if len(all.waiting) > 0 {
			t.Errorf("%s: %d texts are still to be read", lang, len(all.waiting))
		}
	}
	if _, err := catalog.told(); err != nil {
		t.Error(err)
	}
}

// TestPrinterIsSafeForConcurrentUse asks for the same texts at once, for the race detector.
func TestPrinterIsSafeForConcurrentUse(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	ids := slices.Sorted(maps.Keys(messagesOf(t, "en")))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			p := catalog.Printer("en")
			for _, id := range ids {
				if text := p.T(id); text == "" {
					t.Errorf("%s is empty", id)
				}
			}
		})
	}
	group.Wait()
}

func TestTextWithFieldsAndUnknownID(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := catalog.Printer("es")
	if got := p.T("refusal.not-due", "ID", "4.1"); got != "Todavía no toca 4.1." {
		t.Errorf("T = %q", got)
	}
	if got := p.T("no.such.text"); got != "no.such.text" {
		t.Errorf("T of an unknown id = %q", got)
	}
}

// Whoever walks a runbook does not wait for the texts of the help.
func TestLatePartsAreReadWhenTheyAreAskedFor(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := catalog.Printer("es")
	if p.T("cli.open") != "sin cerrar" || len(p.texts.late) != len(lateParts()) {
		t.Errorf("%v wait, of %v", p.texts.late, lateParts())
	}
	if got := p.T("help.usage"); got != "Uso:" || len(p.texts.late) != len(lateParts())-1 {
		t.Errorf("help.usage is %q; %v wait", got, p.texts.late)
	}
	for _, part := range lateParts() {
		raw, err := files.ReadFile("messages/" + part + ".es.json")
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]string
		if err := json.Unmarshal(raw, &messages); err != nil {
			t.Fatal(err)
		}
		for id := range messages {
			if !strings.HasPrefix(id, part+".") {
				t.Errorf("%s: nobody who asks for %s reads that file", part, id)
			}
		}
	}
}

// "Ejecución" is the name of a phase: nothing else is called so in Spanish.
func TestOnlyThePhaseIsCalledEjecucion(t *testing.T) {
	for id, text := range messagesOf(t, "es") {
		if id != "phase.execution" && id != "cli.new" && strings.Contains(strings.ToLower(text), "ejecución") {
			t.Errorf("%s: %q; a run is a recorrido", id, text)
		}
	}
}

// TestOneKeyHasOneName: running text calls it Intro in Spanish; only the foot, which names
// keys as the program does, says enter.
func TestOneKeyHasOneName(t *testing.T) {
	for id, text := range messagesOf(t, "es") {
		if regexp.MustCompile(`\bEnter\b`).MatchString(text) {
			t.Errorf("%s: %q", id, text)
		}
	}
}
