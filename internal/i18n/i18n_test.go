package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var field = regexp.MustCompile(`\{\{\s*\.\w+`)

// texts returns every message of a language, flattened; plural forms become
// ids of their own.
func texts(t *testing.T, lang string) map[string]string {
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
	english, spanish := texts(t, "en"), texts(t, "es")
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
	for lang, bundle := range catalog.bundles {
		if _, err := bundle(); err != nil {
			t.Error(lang, err)
		}
	}
	if _, err := catalog.told(); err != nil {
		t.Error(err)
	}
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

// "Ejecución" is the name of a phase: nothing else is called so in Spanish.
func TestOnlyThePhaseIsCalledEjecucion(t *testing.T) {
	for id, text := range texts(t, "es") {
		if id != "phase.execution" && id != "cli.new" && strings.Contains(strings.ToLower(text), "ejecución") {
			t.Errorf("%s: %q; a run is a recorrido", id, text)
		}
	}
}
