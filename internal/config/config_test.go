package config

import (
	"slices"
	"testing"
)

func from(env map[string]string) Lookup {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

func TestStateDirFollowsXDG(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"set", map[string]string{"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/bitacora"},
		{"relative is ignored", map[string]string{"XDG_STATE_HOME": "s", "HOME": "/h"}, "/h/.local/state/bitacora"},
		{"fallback", map[string]string{"HOME": "/h"}, "/h/.local/state/bitacora"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := StateDir(from(test.env))
			if err != nil || got != test.want {
				t.Errorf("StateDir = %q, %v; want %q", got, err, test.want)
			}
		})
	}
	if dir, err := StateDir(from(nil)); err == nil {
		t.Errorf("without HOME StateDir = %q", dir)
	}
}

func TestDataDirsUserFirst(t *testing.T) {
	got := DataDirs(from(map[string]string{"HOME": "/h", "XDG_DATA_DIRS": "/a:relative:/b"}))
	want := []string{"/h/.local/share/bitacora/runbooks", "/a/bitacora/runbooks", "/b/bitacora/runbooks"}
	if !slices.Equal(got, want) {
		t.Errorf("DataDirs = %v, want %v", got, want)
	}
}

func TestLocalesByPrecedence(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want []string
	}{
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "es_ES.UTF-8", "LC_MESSAGES": "C.UTF-8"}, []string{"es_ES.UTF-8"}},
		{map[string]string{"LANG": "es_ES.UTF-8", "LC_ALL": ""}, []string{"es_ES.UTF-8"}},
		{map[string]string{"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, nil},
		{map[string]string{"LANG": "es_ES.UTF-8", "LC_MESSAGES": "POSIX"}, nil},
		{nil, nil},
	} {
		if got := Locales(from(c.env)); !slices.Equal(got, c.want) {
			t.Errorf("with %v Locales = %v, want %v", c.env, got, c.want)
		}
	}
}

func TestOperatorOfASharedAccount(t *testing.T) {
	if got := Operator(from(map[string]string{"BITACORA_OPERATOR": " ana "})); got != "ana" {
		t.Errorf("Operator = %q", got)
	}
}

func TestDumbTerminals(t *testing.T) {
	for term, want := range map[string]bool{"": false, "dumb": false, "xterm-256color": true} {
		if got := FullScreen(from(map[string]string{"TERM": term})); got != want {
			t.Errorf("FullScreen with TERM=%q = %v", term, got)
		}
	}
}
