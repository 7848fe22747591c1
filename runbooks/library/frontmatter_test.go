package library

import (
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// front is what the tests need of a shipped runbook's front matter.
type front struct {
	Title, Lang, Summary string
	ReviewAfter          string `yaml:"review-after"`
	Params               []struct {
		Name, Label, Note, Pattern, Type, Default, Example string
	}
	Secrets, Hosts []string
	Env            map[string]string
	Roles          []struct{ ID, Title, Holder string }
	Targets        map[string]string
}

func readFront(t *testing.T, name string) front {
	t.Helper()
	text, err := Read(name)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(string(text), "---\n", 3)
	if len(parts) != 3 || parts[0] != "" {
		t.Fatalf("%s has no front matter", name)
	}
	var f front
	if err := yaml.UnmarshalWithOptions([]byte(parts[1]), &f, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func TestFrontMatterOfEveryRunbook(t *testing.T) {
	for _, name := range Names() {
		f := readFront(t, name)
		if f.Title == "" || f.Lang == "" || f.Summary == "" || f.ReviewAfter == "" || len(f.Hosts) == 0 {
			t.Errorf("%s: title, lang, summary, review-after and hosts are needed: %+v", name, f)
		}
		for _, p := range f.Params {
			if p.Label == "" || p.Note == "" {
				t.Errorf("%s: %s says neither what it is nor where its value comes from", name, p.Name)
			}
			if (p.Default == "") == (p.Example == "") {
				t.Errorf("%s: %s needs a default or an example", name, p.Name)
			}
			if p.Type == "text" {
				continue
			}
			pattern, err := regexp.Compile(`\A(?:` + p.Pattern + `)\z`)
			if err != nil {
				t.Errorf("%s: %s: %v", name, p.Name, err)
				continue
			}
			if value := p.Default + p.Example; !pattern.MatchString(value) {
				t.Errorf("%s: %s: %q does not match its own pattern", name, p.Name, value)
			}
			for _, hostile := range []string{"-x", "--upload-pack=x", "$(id)", "a;b", "../x", "a b", ""} {
				if pattern.MatchString(hostile) {
					t.Errorf("%s: %s takes %q", name, p.Name, hostile)
				}
			}
		}
	}
}

// What the plan does not say must be open to correction and recognisable.
func TestRollbackDeclaresWhatThePlanLeavesOpen(t *testing.T) {
	f := readFront(t, "rollback-conectores")
	defaults := map[string]string{}
	for _, p := range f.Params {
		defaults[p.Name] = p.Default
	}
	for _, name := range []string{"panel_close_call", "panel_open_call", "production_deploy", "connector_open_call", "readonly_call"} {
		if defaults[name] == "" {
			t.Errorf("%s is not a parameter with a default", name)
		}
	}
	for _, name := range []string{"connector", "version"} {
		if value, declared := defaults[name]; !declared || value != "" {
			t.Errorf("%s must be declared, without a default", name)
		}
	}
	for _, name := range []string{"PROMETHEUS_URL", "SMTP_URL"} {
		if !strings.Contains(f.Env[name], ".invalid") {
			t.Errorf("%s = %q looks like a real address", name, f.Env[name])
		}
	}
	if f.Env["GENIA_API"] != "https://api.genia.ai" || len(f.Roles) != 3 || len(f.Secrets) != 1 {
		t.Errorf("%+v", f)
	}
	for _, role := range f.Roles {
		if role.Holder != "" {
			t.Errorf("%s is held by %q; nobody was named", role.ID, role.Holder)
		}
	}
}
