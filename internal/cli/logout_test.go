package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLogindsLastWordCounts(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"nothing":        {nil, false},
		"commented out":  {map[string]string{"etc/systemd/logind.conf": "[Login]\n#KillUserProcesses=yes\n"}, false},
		"set":            {map[string]string{"etc/systemd/logind.conf": "[Login]\nKillUserProcesses = yes\n"}, true},
		"undone by drop": {map[string]string{"etc/systemd/logind.conf": "KillUserProcesses=yes\n", "etc/systemd/logind.conf.d/x.conf": "KillUserProcesses=no\n"}, false},
		"by drop":        {map[string]string{"run/systemd/logind.conf.d/x.conf": "KillUserProcesses=1\n"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for file, content := range test.files {
				path := filepath.Join(root, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := killsAtLogout(root); got != test.want {
				t.Errorf("killsAtLogout = %v", got)
			}
		})
	}
}

func TestForwardedAgentIsNamed(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"SSH_AUTH_SOCK": "/tmp/ssh-abc/agent.1", "SSH_CONNECTION": "x"}, true},
		{map[string]string{"SSH_AUTH_SOCK": "/run/user/1/keyring/ssh", "SSH_CONNECTION": "x"}, false},
		{map[string]string{"SSH_AUTH_SOCK": "/tmp/ssh-abc/agent.1"}, false},
		{nil, false},
	} {
		a := &app{env: func(name string) (string, bool) { value, ok := test.env[name]; return value, ok }}
		if _, got := a.forwardedAgent(); got != test.want {
			t.Errorf("%v: forwarded = %v", test.env, got)
		}
	}
}
