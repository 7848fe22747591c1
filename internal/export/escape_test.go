package export

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, v1.4.2; 40 %":   "plain text, v1.4.2; 40 %",
		"ADMIN_TOKEN":                "ADMIN_TOKEN",
		"_x_":                        `\_x\_`,
		"a|b *c* `d` [e](f) <g> ~h~": `a\|b \*c\* \` + "`d\\`" + ` \[e\](f) &lt;g&gt; \~h\~`,
		"# x":                        `\# x`,
		"#1 is open":                 `\#1 is open`,
		"x #":                        `x \#`,
		"- x":                        `\- x`,
		"1. x":                       `1\. x`,
		"12) x":                      `12\) x`,
		"1.1 is a step":              "1.1 is a step",
		"a\nb\r\nc":                  "a b c",
		"AT&T &amp; R & D":           `AT\&T \&amp; R & D`,
		`back\slash`:                 `back\\slash`,
		"\x1b[2J":                    "\ufffd\\[2J",
		"bad \xff":                   "bad \ufffd",
		"":                           "",
		"#":                          `\#`,
	} {
		if got := inline(text); got != want {
			t.Errorf("inline(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFenceIsLongerThanWhatItHolds(t *testing.T) {
	for text, want := range map[string]string{
		"ls":              "```sh\nls\n```\n",
		"ls\n":            "```sh\nls\n```\n",
		"a ``` b":         "````sh\na ``` b\n````\n",
		"`````\n":         "``````sh\n`````\n``````\n",
		"":                "```sh\n```\n",
		"a\r\nb\x1b[1m\n": "```sh\na\nb\ufffd[1m\n```\n",
	} {
		if got := fence("sh", text); got != want {
			t.Errorf("fence(%q) = %q, want %q", text, got, want)
		}
	}
	if got := fence("sh `x\n# y", "a"); !strings.HasPrefix(got, "```shxy\n") {
		t.Errorf("info string: %q", got)
	}
}

func TestCut(t *testing.T) {
	lines := strings.Repeat("0123456789\n", 100)
	for _, test := range []struct {
		text  string
		limit int
	}{
		{"short", 100}, {lines, 100}, {lines, 37}, {strings.Repeat("é", 500), 101}, {strings.Repeat("日本", 300), 100},
	} {
		head, tail, omitted := cut(test.text, test.limit)
		if !strings.HasPrefix(test.text, head) || !strings.HasSuffix(test.text, tail) || len(head)+omitted+len(tail) != len(test.text) {
			t.Errorf("cut to %d: %q … %d … %q", test.limit, head, omitted, tail)
		}
		if len(head)+len(tail) > max(test.limit, len("short")) || !utf8.ValidString(head) || !utf8.ValidString(tail) {
			t.Errorf("cut to %d: %d bytes are left: %q, %q", test.limit, len(head)+len(tail), head, tail)
		}
		if omitted > 0 && (head == "" || tail == "") {
			t.Errorf("cut to %d leaves nothing of one side", test.limit)
		}
	}
}
