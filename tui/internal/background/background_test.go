package background

import "testing"

func TestDark(t *testing.T) {
	for _, test := range []struct {
		own, colorfgbg string
		want           bool
	}{
		{"", "", true},
		{"", "15;0", true},
		{"", "0;15", false},
		{"", "0;default;7", false},
		{"", "nonsense", true},
		{"light", "15;0", false},
		{"dark", "0;15", true},
	} {
		env := map[string]string{"BITACORA_BACKGROUND": test.own, "COLORFGBG": test.colorfgbg}
		if got := Dark(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("Dark(%q, %q) = %v", test.own, test.colorfgbg, got)
		}
	}
}
