package library

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

func TestEveryNamedRunbookCanBeRead(t *testing.T) {
	names := Names()
	if len(names) == 0 || names[0] != "rollback-conectores" {
		t.Fatalf("Names() = %q, want rollback-conectores first", names)
	}
	for _, name := range names {
		want, err := os.ReadFile(name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		for _, spelling := range []string{name, name + ".md"} {
			got, err := Read(spelling)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("Read(%q) differs from the file", spelling)
			}
		}
	}
}

func TestUnknownNames(t *testing.T) {
	tests := []struct{ name, suggestion string }{
		{"rollback-conectors", "rollback-conectores"},
		{"rolback-conectores", "rollback-conectores"},
		{"rollback", "rollback-conectores"},
		{"database-failover", ""},
		{"", ""},
		{"../library", ""},
		{"library.go", ""},
	}
	for _, test := range tests {
		_, err := Read(test.name)
		var missing *NotFoundError
		if !errors.As(err, &missing) {
			t.Errorf("Read(%q): %v, want a *NotFoundError", test.name, err)
			continue
		}
		if missing.Suggestion != test.suggestion || missing.Name != test.name {
			t.Errorf("Read(%q) suggests %q, want %q", test.name, missing.Suggestion, test.suggestion)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
