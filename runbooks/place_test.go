package runbooks

import (
	"errors"
	"slices"
	"testing"
)

func TestSlug(t *testing.T) {
	for heading, want := range map[string]string{
		"Deploy the service":         "deploy-the-service",
		"  What's up, Doc?  ":        "whats-up-doc",
		"Paso 3: Ejecución":          "paso-3-ejecución",
		"¿Qué hacer si falla?":       "qué-hacer-si-falla",
		"`HighErrorRate` (critical)": "higherrorrate-critical",
		"a_b - c":                    "a_b---c",
		"日本語 見出し":                    "日本語-見出し",
		"🚨 Alert":                    "-alert",
		"ÉTAPE Nº 1":                 "étape-nº-1",
		"Über cafe\u0301":            "über-cafe\u0301",
		"C++ / C#":                   "c--c",
	} {
		if got := Slug(heading); got != want {
			t.Errorf("Slug(%q) = %q, want %q", heading, got, want)
		}
	}
}

const placesText = `# Alerts of the queue

Common words.

## HighErrorRate

### Meaning

Too many errors.

### Mitigation

1. Restart it

## Alert: QueueFull (page)

1. Drain it

## Reversión

1. Revierte

## Reversión

1. Otra vez

## Glossary

Words.
`

func TestFind(t *testing.T) {
	rb, err := Parse("queue.md", []byte(placesText))
	if err != nil {
		t.Fatal(err)
	}
	for fragment, want := range map[string]string{
		"higherrorrate":           "Restart it",
		"#HighErrorRate":          "Restart it",
		"meaning":                 "Restart it", // holds no step: the next one of its alert
		"mitigation":              "Restart it",
		"QueueFull":               "Drain it",
		"queuefull":               "Drain it",
		"Alert: QueueFull (page)": "Drain it",
		"alert-queuefull-page":    "Drain it",
		"reversión":               "Revierte",
		"reversion":               "Revierte",
		"REVERSIÓN-1":             "Otra vez",
		"reversio\u0301n":         "Revierte",
		"alerts-of-the-queue":     "Restart it",
		"glossary":                "Restart it", // nothing to do there, nor after it
	} {
		place, err := rb.Find(fragment)
		if err != nil {
			t.Errorf("Find(%q): %v", fragment, err)
			continue
		}
		if got := rb.Step(place.Step).Text; got != want {
			t.Errorf("Find(%q) leads to %q (%+v), want %q", fragment, got, place, want)
		}
	}
}

func TestFindNamesWhatIsNear(t *testing.T) {
	rb, err := Parse("queue.md", []byte(placesText))
	if err != nil {
		t.Fatal(err)
	}
	for fragment, want := range map[string]string{"higherorrate": "higherrorrate", "queue-is-full": "alerts-of-the-queue", "xyz": "alerts-of-the-queue", "": "alerts-of-the-queue"} {
		_, err := rb.Find(fragment)
		var none *NoPlaceError
		if !errors.As(err, &none) || !slices.Contains(none.Near, want) || len(none.Near) > maxNear {
			t.Errorf("Find(%q): %v, want a *NoPlaceError that names %s", fragment, err, want)
		}
	}
	if _, err := rb.Find("xyz"); err == nil || err.Error() == "" {
		t.Errorf("error %v", err)
	}
}

func TestFindWithoutSteps(t *testing.T) {
	rb, err := Parse("x.md", []byte("# T\n\n## A\n\nwords\n"))
	if err != nil {
		t.Fatal(err)
	}
	if place, err := rb.Find("a"); err == nil {
		t.Errorf("Find = %+v of a text without steps", place)
	}
}

func TestATitleOfTheFrontMatterIsNoHeading(t *testing.T) {
	rb, err := Parse("x.md", []byte("---\ntitle: Kafka\n---\n\n## Kafka\n\n1. one\n\n## Kafka\n\n1. two\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range rb.headings() {
		t.Logf("%+v", h)
	}
	place, err := rb.Find("kafka-1")
	if err != nil || rb.Step(place.Step).Text != "two" {
		t.Errorf("Find = %+v, %v", place, err)
	}
}

// TestEverySectionIsFoundByItsSlug holds on real runbooks too: what a link names is
// found, and leads to a step of the walk.
func TestEverySectionIsFoundByItsSlug(t *testing.T) {
	check := func(path string, src []byte) {
		rb, err := Parse(path, src)
		if err != nil || len(rb.Sequence) == 0 {
			return
		}
		seen := map[string]bool{}
		for _, h := range rb.headings() {
			if h.slug == "" {
				continue
			}
			if seen[h.slug] {
				t.Errorf("%s: two sections are called %s", path, h.slug)
			}
			seen[h.slug] = true
			place, err := rb.Find(h.slug)
			if err != nil || place.Slug != h.slug || !slices.ContainsFunc(rb.Sequence, func(s *Step) bool { return s.ID == place.Step }) {
				t.Errorf("%s: #%s leads to %+v, %v", path, h.slug, place, err)
			}
		}
	}
	check("queue.md", []byte(placesText))
	check("long.md", document(8<<10))
}

func TestEverySectionOfRealRunbooksIsFound(t *testing.T) {
	corpus(t, func(path string, src []byte) {
		rb, err := Parse(path, src)
		if err != nil || len(rb.Sequence) == 0 {
			return
		}
		for _, h := range rb.headings() {
			if place, err := rb.Find(h.slug); h.slug != "" && (err != nil || place.Slug != h.slug) {
				t.Errorf("%s: #%s leads to %+v, %v", path, h.slug, place, err)
			}
		}
	})
}
