package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// attacks are sequences that would act on a terminal, as printf(1) of bash writes them.
var attacks = []struct{ name, printf string }{
	{"clipboard", `\033]52;c;UFdORUQ=\007`},
	{"hyperlink", `\033]8;;http://evil.example\033\\here\033]8;;\033\\`},
	{"title", `\033]0;PWNED\007`},
	{"status string", `\033P$qm\033\\`},
	{"cursor report", `\033[6n`},
	{"device report", `\033[c\033[5n`},
	{"clear", `\033[2J\033[H`},
	{"cursor motion", `\033[33;77H`},
	{"scroll region", `\033[3;5r`},
	{"mouse and alternate screen", `\033[?1003h\033[?1049l`},
	{"reset", `\033c`},
	{"C1 characters", `\302\23331mx\302\2350;PWNED\302\234`},
	{"C1 bytes", `\23331mx\2350;PWNED\234`},
	{"broken encoding before an escape", `\360\033]52;c;UFdORUQ=\007`},
	{"bell and backspace", `\007\010\010`},
	{"bidi", `\342\200\256abc\342\201\246`},
	{"tags", `\363\240\201\201\363\240\201\277`},
	{"never ended", `\033]0;PWNED`}, // a newline follows
	{"never ended string", `\033PPWNED`},
}

// forbidden is what must never reach the terminal: a toolkit that never asks the
// terminal and sets no title needs none of it.
var forbidden = regexp.MustCompile("\x1b[\\]PX^_c]|\x1b\\[[0-9;]*[nc]|\x1b\\[33;77H|\x1b\\[3;5r|\x1b\\[\\?1003h|\x07|\x08|" +
	"[\\x{80}-\\x{9f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{e0000}-\\x{e007f}]")

// TestNothingOutsideDrivesTheTerminal shows what an action prints, a server
// answers, a runbook says, a file is called and a parameter holds, and looks at
// every byte that reached the terminal.
func TestNothingOutsideDrivesTheTerminal(t *testing.T) {
	address := hostileServer(t)
	var script strings.Builder
	for i, attack := range attacks {
		fmt.Fprintf(&script, "   printf '%s\\nafter %02d\\n'\n", attack.printf, i)
	}
	text := "---\ntitle: \"Attack\\e]0;PWNED\\a \\u009b33;77H\\u202e\"\nparams: [{name: v, type: text, default: x}]\n---\n" +
		"# Attack\n\n## Execution\n\n1. Print &#x9b;33;77H it \u202e {{v}}.\n\n   ```bash {name=print effect=read}\n" + script.String() + "   ```\n\n" +
		"2. Ask.\n\n   ```http {name=ask effect=read}\n   GET http://" + address + "/\n   ```\n"
	dir := t.TempDir()
	path := filepath.Join(dir, "a\x1b]0;PWNED\x07\u009b5m\u202e.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(home(t), "http_proxy=", "HTTP_PROXY=")
	size := options{cols: 120, rows: 76, env: env, dir: dir}
	term := open(t, size, "run", path, "--lang", "en", "--param", "v=\x1b]0;PWNED\x07\u009b33;77H")
	if code := term.exit(); code != 2 {
		t.Errorf("a value with control characters: exit code %d, want 2", code)
	}
	term.see("parameter v: the value holds a control character")
	checkQuiet(t, term)

	term = open(t, size, "run", path, "--lang", "en")
	trustAndBegin(term)
	term.see("enter run print")
	from := len(term.wrote())
	term.starts(shows("print: ok"))
	term.see("after 00")
	for i := range attacks {
		if after := fmt.Sprintf("after %02d\n", i); !strings.Contains(recorded(t, env), after) {
			t.Errorf("%s swallowed the line after it", attacks[i].name)
		}
	}
	term.see(fmt.Sprintf("after %02d", len(attacks)-1))
	if strings.Contains(term.wrote()[from:], "\x1b[2J") {
		t.Error("the screen was cleared by what an action printed")
	}
	term.act("enter", shows("enter run ask"))
	term.starts(shows("ask: ok"))
	term.see("text/plain; x=", "the answer")
	checkQuiet(t, term)

	stdout, stderr, _ := command(t, env, "export", "last")
	if found := forbidden.FindString(stdout + stderr); found != "" {
		t.Errorf("the export holds %q", found)
	}
}

// checkQuiet looks at every byte that the program wrote to the terminal.
func checkQuiet(t *testing.T, term *terminal) {
	t.Helper()
	wrote := term.wrote()
	if at := forbidden.FindStringIndex(wrote); at != nil {
		t.Errorf("%q reached the terminal in %q", wrote[at[0]:at[1]], wrote[max(0, at[0]-40):min(len(wrote), at[1]+40)])
	}
}

// recorded returns what the first action of the only run printed, as it is kept.
func recorded(t *testing.T, env []string) string {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join(runDir(t, env), "outputs", "1.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(kept)
}

// hostileServer answers with control sequences in a header and in the body.
func hostileServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			const body = "\x1b]0;PWNED\x07\x1b[33;77H\u009b2J the answer\n"
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 O\u009b33;77HK\x1b]0;PWNED\x07\r\nContent-Type: text/plain; x=\u009b33;77H\u202eb\r\n"+
				"Content-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
