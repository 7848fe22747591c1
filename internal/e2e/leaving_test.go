package e2e

import (
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// gone waits until a program has ended whose terminal is no longer there.
func gone(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is not what is asked here
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		<-ended
		t.Fatal("the program stays without a terminal")
	}
}

// TestClosedTerminalIsLeft closes the terminal under the screen, also of a program
// whose parent ignores the hang-up, as nohup does. The run is not ended by it.
func TestClosedTerminalIsLeft(t *testing.T) {
	for name, script := range map[string]string{
		"hang-up": `exec "$@"`,
		"nohup":   `trap '' HUP; exec "$@"`,
		"script":  `trap '' HUP; "$@"; exit 0`, // the leader of the session is another program
	} {
		t.Run(name, func(t *testing.T) {
			env := home(t)
			cmd := exec.Command("sh", "-c", script, "sh", binary, "run", restart(t), "--param", "service=web")
			term := openCommand(t, options{cols: 80, rows: 24, env: env}, cmd)
			trustAndBegin(term)
			term.see("enter run look")
			if err := term.pty.Close(); err != nil {
				t.Fatal(err)
			}
			gone(t, term.cmd)
			out, errs, code := command(t, env, "runs", "--json")
			if code != 0 || strings.Contains(out, `"outcome": "`) && !strings.Contains(out, `"outcome": ""`) {
				t.Errorf("the run was ended with its terminal: exit %d\n%s%s", code, out, errs)
			}
		})
	}
}

// fromShell walks a runbook that was started from a shell with job control.
func fromShell(t *testing.T) *terminal {
	t.Helper()
	term := runFromShell(t, home(t), restart(t)+" --param service=web")
	term.see("enter run look")
	return term
}

// runFromShell lets such a shell run something and begins the walk.
func runFromShell(t *testing.T, env []string, what string) *terminal {
	t.Helper()
	env = append(env, "PS1=prompt> ", "ENV=", "HISTFILE=")
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("this test needs bash for its job control: ", err)
	}
	term := openCommand(t, options{cols: 80, rows: 24, env: env}, exec.Command(shell, "--norc", "--noprofile", "-i"))
	term.see("prompt>")
	term.typeText(binary + " run " + what).press("enter")
	trustAndBegin(term)
	return term
}

// stopped is how the shell says it; the word alone may stand in the name of a directory.
const stopped = "]+  Stopped"

// stopFromOutside stops what has the terminal without asking it.
func stopFromOutside(t *testing.T, term *terminal) {
	t.Helper()
	group, err := unix.IoctlGetInt(int(term.pty.Fd()), unix.TIOCGPGRP)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(-group, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	term.see(stopped, "prompt>")
}

// TestStopAndGoOn stops the screen from a shell with job control and goes on with it:
// the shell gets the terminal as it was, and the walk comes back where it stood.
func TestStopAndGoOn(t *testing.T) {
	term := fromShell(t)
	term.press("n").see("Note")
	term.typeText("half a no")
	term.see("> half a no")

	term.press("\x1a").see(stopped, "prompt>")
	term.typeText("echo $((6*7))ok").press("enter").see("42ok")
	term.typeText("fg").press("enter").see("> half a no", "LIVE")
	term.typeText("te").press("enter")
	term.see("Saved as #")
	term.press("d").see("prompt>", "resume")
	term.typeText("exit").press("enter")
}

// TestStopFromOutside stops the screen without asking it. The shell writes across it; when
// it goes on it stands there as before, and takes keys.
func TestStopFromOutside(t *testing.T) {
	term := fromShell(t)
	stopFromOutside(t, term)
	term.typeText("stty sane; echo $((6*7))ok").press("enter").see("42ok")
	term.typeText("fg").press("enter").until("the screen, and nothing else on it", func(screen string) bool {
		return strings.Contains(screen, "enter run look") && strings.Contains(screen, "LIVE") && !strings.Contains(screen, "42ok") && !strings.Contains(screen, "prompt>")
	})
	term.press("n").see("Note")
	term.typeText("here again").press("enter").see("Saved as #")
	term.press("d").see("prompt>", "resume")
	term.typeText("exit").press("enter")
}

// TestStopKeepsTheShellsScreen: also when another program filled the screen meanwhile, so
// that the shell wrote where it did before.
func TestStopKeepsTheShellsScreen(t *testing.T) {
	term := fromShell(t)
	stopFromOutside(t, term)
	term.typeText(`printf '\033[?1049hpage\033[?1049l'; echo $((6*7))ok`).press("enter").see("42ok")
	term.typeText("fg").press("enter").until("the screen, and nothing else on it", func(screen string) bool {
		return strings.Contains(screen, "enter run look") && !strings.Contains(screen, "42ok")
	})
	term.press("d").see("prompt>", "resume", "42ok")
	term.typeText("exit").press("enter")
}

// TestStopThatGoesOnInTheBackground: nothing is drawn across the shell, and fg leads back.
func TestStopThatGoesOnInTheBackground(t *testing.T) {
	term := fromShell(t)
	stopFromOutside(t, term)
	term.typeText("clear; bg; wait %1; echo $((6*7))ok").press("enter")
	term.until("it stopped again", func(screen string) bool {
		return strings.Contains(screen, "42ok") && strings.Contains(screen, stopped)
	})
	if screen := term.screen(); strings.Contains(screen, "LIVE") || strings.Contains(screen, "enter run") {
		t.Errorf("drawn across the shell:\n%s", screen)
	}
	term.typeText("fg").press("enter").see("enter run look", "LIVE")
	term.press("n").see("Note")
	term.typeText("here again").press("enter").see("Saved as #")
	term.press("d").see("prompt>", "resume")
	term.typeText("exit").press("enter")
}

// TestStoppedInATerminal stops the screen while the block that runs has the terminal and
// asks for a password: what is typed when it goes on is not shown.
func TestStoppedInATerminal(t *testing.T) {
	term := runFromShell(t, talkingHome(t), talking(t, `read -r -s -p "password? " typed; printf '\nlength %s\n' "${#typed}"; stty size`))
	term.see("enter run talk")
	term.act("enter", shows("It gets your terminal"))
	term.act("y", shows("--- talk has the terminal now"))
	term.see("password?")
	stopFromOutside(t, term)
	term.typeText("stty sane; echo $((6*7))ok").press("enter").see("42ok")
	term.typeText("fg").press("enter")
	poll(t, "a terminal that shows nothing typed", func() bool {
		now, err := unix.IoctlGetTermios(int(term.pty.Fd()), unix.TCGETS)
		return err == nil && now.Lflag&(unix.ECHO|unix.ICANON) == 0 && strings.Contains(term.wrote(), "prompt> fg\r\n")
	})
	term.typeText("typed-in-the-dark").press("enter")
	term.see("LIVE", "✓ talk", "length 17", "24 80")
	if strings.Contains(term.wrote(), "typed-in-the-dark") {
		t.Error("what was typed was shown")
	}
	term.press("d").see("prompt>", "resume")
	term.typeText("exit").press("enter")
}

// TestStoppedScreenCanBeEnded ends the screen by its shell while it is stopped: it must
// not wait for a terminal that it will never have again.
func TestStoppedScreenCanBeEnded(t *testing.T) {
	term := fromShell(t)
	term.press("\x1a").see(stopped, "prompt>")
	term.typeText("bg; kill %1; wait %1; echo ended $?").press("enter").see("ended 130")
	term.typeText("exit").press("enter")
}

// TestTerminalThatTakesNothing ends the program on a terminal that takes no more from
// before its first frame on, nor its last words.
func TestTerminalThatTakesNothing(t *testing.T) {
	near, far, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	defer far.Close()
	fill(t, far.Name())
	cmd := exec.Command(binary, "run", restart(t), "--param", "service=web")
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = home(t), far, far, far
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	modes := func() uint32 {
		now, err := unix.IoctlGetTermios(int(far.Fd()), unix.TCGETS)
		if err != nil {
			t.Error(err)
			return 0
		}
		return now.Lflag & unix.ECHO
	}
	for deadline := time.Now().Add(patience); modes() != 0 && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if err := pty.Setsize(near, &pty.Winsize{Cols: 100, Rows: 30}); err != nil { // is told to nobody
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	gone(t, cmd)
	if modes() == 0 {
		t.Error("the modes of the terminal were not restored")
	}
}

// fill writes to a terminal until it takes nothing.
func fill(t *testing.T, name string) {
	t.Helper()
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for full := 0; full < 1000; { // the kernel moves on in the background what was written
		if _, err := unix.Write(fd, []byte("#")); err != nil {
			full++
			runtime.Gosched()
		}
	}
}

// TestNothingStopsWhatNobodyCouldContinue presses ctrl+z where the program leads its
// own session, as the command of an SSH connection does.
func TestNothingStopsWhatNobodyCouldContinue(t *testing.T) {
	term := open(t, options{cols: 80, rows: 24, env: home(t)}, "run", restart(t), "--param", "service=web")
	trustAndBegin(term)
	term.see("enter run look")
	term.press("\x1a").see("no shell here")
	if err := term.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := term.exit(); code != 130 {
		t.Errorf("exit %d", code)
	}
}
