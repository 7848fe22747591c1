package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
)

const loginSecret = "correct-horse-battery"

// talking is a runbook with one interactive block.
func talking(t *testing.T, code string) string {
	t.Helper()
	return write(t, "talk.md", "---\ntitle: Talk\nlang: en\nsecrets: [LOGIN]\n---\n# Talk\n\n## Execution\n\n1. Talk with it.\n\n"+
		"   ```bash {name=talk effect=read interactive=true}\n   "+strings.ReplaceAll(code, "\n", "\n   ")+"\n   ```\n\n2. Afterwards.\n")
}

func talkingHome(t *testing.T) []string {
	return append(home(t), "BITACORA_IDLE=60s", "LOGIN="+loginSecret)
}

// talks opens the full screen and lets the block begin.
func talks(t *testing.T, env []string, code string) *terminal {
	t.Helper()
	term := open(t, options{cols: 100, rows: 30, env: env}, "run", talking(t, code))
	trustAndBegin(term)
	term.see("enter run talk")
	term.act("enter", shows("It gets your terminal"))
	term.see("ctrl-]")
	term.act("y", shows("--- talk has the terminal now"))
	return term
}

// ended returns how the action ended, once that is on record.
func ended(t *testing.T, env []string) event.ActionEnded {
	t.Helper()
	var end event.ActionEnded
	poll(t, "the end of the action", func() bool {
		got, err := transcript.Read(runDir(t, env))
		if err != nil {
			return false
		}
		for _, ev := range got.Events {
			if data, ok := ev.Data.(event.ActionEnded); ok {
				end = data
				return true
			}
		}
		return false
	})
	return end
}

func output(t *testing.T, env []string, end event.ActionEnded) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(runDir(t, env), end.Output))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestInteractiveActionInTheFullScreen talks with a block, which gets the terminal's
// size and its keys, and leaves the terminal in a mess: the screen comes back whole.
// What is known to be secret is shown in the terminal alone.
func TestInteractiveActionInTheFullScreen(t *testing.T) {
	env := talkingHome(t)
	term := talks(t, env, `read -r -p "name? " n; echo "hello $n"; stty size; echo "secret: $LOGIN"
read -r -s -p "password? " typed; printf '\nlength %s\n' "${#typed}"
printf '\033[?1049h\033[?25l\033[?1000h\033[?1006h\033[?2004h\033[?1h\033=\033[31;7mmess\033(0\033[3;5r\033]0;title'`)
	term.see("name?")
	term.typeText("ana").press("enter")
	term.see("hello ana", "30 100", "secret: "+loginSecret, "password?")
	term.typeText("typed-in-the-dark").press("enter")
	term.see("LIVE", "✓ talk", "length 17", "ok · exit 0")
	_, after, _ := strings.Cut(term.wrote(), "mess\x1b(0")
	for _, off := range []string{"\x1b[?1000l", "\x1b[?1006l", "\x1b[?2004l", "\x1b[?1l", "\x1b>", "\x1b(B", "\x1b[?25h", "\x1b[0m", "\x1b[?1049l"} {
		if !strings.Contains(after, off) {
			t.Errorf("%q was not written after the mess", off)
		}
	}
	term.act("enter", shows("›▶ 2")) // the screen takes keys again
	end := ended(t, env)
	got := output(t, env, end)
	for _, want := range []string{"name? ana\n", "hello ana\n", "30 100\n", "secret: [secret LOGIN]\n", "length 17\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not recorded in %q", want, got)
		}
	}
	if strings.ContainsRune(got, 0x1b) || end.Outcome != event.OutcomeOK || end.Redactions == 0 {
		t.Errorf("recorded %q as %+v", got, end)
	}
	holdsNot(t, stateDir(env), loginSecret, "typed-in-the-dark")
}

// holdsNot fails when a file below a directory holds one of the texts.
func holdsNot(t *testing.T, dir string, texts ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, text := range texts {
			if strings.Contains(string(data), text) {
				t.Errorf("%s holds %q", path, text)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDroppedInATerminal kills the front end while its operator is in the terminal
// of an action: that goes on, and resume leads back into it.
func TestDroppedInATerminal(t *testing.T) {
	env := talkingHome(t)
	term := talks(t, env, `read -r -p "first? " a; read -r -p "second? " b; echo "got $a and $b"`)
	term.see("first?")
	term.typeText("one").press("enter").see("second?")
	signal(t, term, syscall.SIGKILL)
	<-term.ended
	again := open(t, options{cols: 90, rows: 28, env: env}, "resume", filepath.Base(runDir(t, env)))
	screen := again.until("the running action", func(screen string) bool {
		return strings.Contains(screen, "enter into its terminal") || strings.Contains(screen, "While you were away")
	})
	if !strings.Contains(screen, "enter into its terminal") {
		again.insist("esc", shows("enter into its terminal"))
	}
	again.act("enter", shows("--- talk has the terminal now"))
	again.see("first? one", "second?")
	again.typeText("two").press("enter")
	again.see("LIVE", "✓ talk", "ok · exit 0")
	if got := output(t, env, ended(t, env)); !strings.Contains(got, "got one and two\n") {
		t.Errorf("recorded %q", got)
	}
}

// TestLeavingATerminalAndComingBack: the key that leaves does not reach the action.
func TestLeavingATerminalAndComingBack(t *testing.T) {
	env := talkingHome(t)
	term := talks(t, env, `stty -icanon -echo; echo ready; while c=$(head -c 1); do printf '<%q>' "$c"; [ "$c" = q ] && break; done; echo; stty size`)
	term.see("ready")
	term.press("a").see("<a>")
	term.press("\x1d")
	term.see("talk goes on in its own terminal", "enter into its terminal")
	term.act("enter", shows("--- talk has the terminal now"))
	term.press("b").see("<a><b>")
	term.press("ctrl+c") // a signal of the terminal
	end := ended(t, env)
	if end.Outcome != event.OutcomeFailed {
		t.Errorf("ctrl-c in the terminal: %+v", end)
	}
	term.see("talk failed")
	if got := output(t, env, end); strings.Contains(got, "1d") || strings.Contains(got, "035") {
		t.Errorf("the action got the key: %q", got)
	}
}

// TestFullScreenProgramInATerminal leaves a program that fills the screen and draws
// it anew when its size changes, and comes back to it.
func TestFullScreenProgramInATerminal(t *testing.T) {
	env := talkingHome(t)
	term := talks(t, env, `sh -c '
draw() { printf "\033[H\033[2Jkey <%s>, page of " "$key"; stty size; }
trap draw WINCH
printf "\033[?1049h\033[?25l"
draw
until [ "$key" = q ]; do until read -r new; do :; done; key=$new; draw; done
printf "\033[?1049l\033[?25h"'`)
	term.see("page of 30 100")
	term.press("x", "enter").see("key <x>")
	term.press("\x1d")
	term.see("LIVE", "enter into its terminal")
	term.act("enter", func(screen string) bool { // alone on the alternate screen
		return strings.HasPrefix(screen, "key <x>, page of 30 100") && !strings.Contains(screen, "has the terminal now")
	})
	term.press("q", "enter")
	term.see("LIVE", "✓ talk", "ok · exit 0")
}

// TestInteractiveActionLineByLine does the same in plain mode.
func TestInteractiveActionLineByLine(t *testing.T) {
	env := talkingHome(t)
	term := open(t, options{cols: 100, rows: 40, env: env}, "run", "--plain", talking(t, `q='?'; read -r -p "name$q " n; printf '\033[?25l\033[32m'; echo "hello $n"; stty size
read -r -n 1 -p "more$q " m; echo; echo "m=$m"`))
	term.see("Do you trust it")
	term.typeText("y").press("enter")
	term.see("Enter begins the walk")
	term.press("enter")
	term.see("It gets your terminal", "Run exactly this?")
	term.typeText("y").press("enter")
	term.see("--- talk has the terminal now", "name?")
	term.typeText("ana").press("enter").see("hello ana", "40 100", "more?")
	term.press("\x1d").see("talk goes on in its own terminal", "Enter goes into its terminal")
	term.press("enter").until("the way back", func(screen string) bool {
		return strings.Count(screen, "--- talk has the terminal now") == 2
	})
	term.press("x").see("  | m=x", "  | hello ana", "Enter: step done")
	if wrote := term.wrote(); !strings.Contains(wrote[strings.LastIndex(wrote, "\x1b[?25l"):], "\x1b[?25h") {
		t.Error("the cursor stays hidden")
	}
	term.typeText("leave").press("enter")
	term.exit()
	if got := output(t, env, ended(t, env)); !strings.Contains(got, "hello ana\n40 100\n") || !strings.Contains(got, "m=x") {
		t.Errorf("recorded %q", got)
	}
}

// TestInteractiveActionNeedsATerminal: without one it is refused before anything
// is recorded as run.
func TestInteractiveActionNeedsATerminal(t *testing.T) {
	env := talkingHome(t)
	_, errs, code := command(t, env, "run", "--auto", talking(t, "read -r n"))
	if code != 2 || !strings.Contains(errs, "talk talks with the operator") {
		t.Errorf("exit %d\n%s", code, errs)
	}
	out, errs, code := command(t, env, "rehearse", "--auto", talking(t, "read -r n"))
	if code != 0 {
		t.Errorf("a rehearsal: exit %d\n%s%s", code, out, errs)
	}
}
