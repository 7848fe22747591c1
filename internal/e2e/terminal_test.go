// Package e2e tests the built binary as an operator meets it: in a
// pseudo-terminal whose screen is read through an emulator. Tests poll for what
// they wait for; they never sleep.
package e2e

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	_ "genia.ai/bitacora/internal/cli" // so that no result is taken from the cache once the program changed
	"genia.ai/bitacora/internal/transcript"
)

// patience is how long a test waits for something to show.
const patience = 20 * time.Second

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bitacora-e2e-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "bitacora")
		build := exec.Command("go", "build", "-o", binary, "genia.ai/bitacora/cmd/bitacora")
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// terminal is a program in a pseudo-terminal and the screen it draws.
type terminal struct {
	t     testing.TB
	cmd   *exec.Cmd
	pty   *os.File
	news  chan struct{} // holds one token when the screen may have changed
	ended chan struct{} // closed when the program's output ended

	mu  sync.Mutex // guards emu and raw
	emu *vt.Emulator
	raw bytes.Buffer
}

// options say what the terminal is like.
type options struct {
	cols, rows int
	env        []string // on top of a bare environment
	dir        string
	mute       bool // the terminal answers no query
}

// home makes a directory that holds everything the program keeps.
func home(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { endServers(filepath.Join(dir, "state", "bitacora")) })
	return []string{
		"HOME=" + dir, "XDG_STATE_HOME=" + filepath.Join(dir, "state"), "PATH=" + os.Getenv("PATH"),
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "BITACORA_OPERATOR=ana", "BITACORA_IDLE=3s",
	}
}

func open(t testing.TB, opts options, args ...string) *terminal {
	t.Helper()
	return openCommand(t, opts, exec.Command(binary, args...))
}

// openCommand runs any command in a terminal.
func openCommand(t testing.TB, opts options, cmd *exec.Cmd) *terminal {
	t.Helper()
	cmd.Env, cmd.Dir = opts.env, opts.dir
	if cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(opts.cols), Rows: uint16(opts.rows)})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{
		t: t, cmd: cmd, pty: file, emu: vt.NewEmulator(opts.cols, opts.rows),
		news: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	go term.read()
	go term.answer(opts.mute)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = file.Close()
		<-term.ended
		_ = cmd.Wait()
		if input, ok := term.emu.InputPipe().(io.Closer); ok {
			_ = input.Close() // ends answer; the emulator's own Close races with it
		}
	})
	return term
}

func (term *terminal) read() {
	defer close(term.ended)
	buffer := make([]byte, 32<<10)
	for {
		n, err := term.pty.Read(buffer)
		term.mu.Lock()
		term.raw.Write(buffer[:n])
		_, _ = term.emu.Write(buffer[:n])
		term.mu.Unlock()
		select {
		case term.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// answer passes on what the terminal replies to queries, or swallows it.
func (term *terminal) answer(mute bool) {
	buffer := make([]byte, 1024)
	for {
		n, err := term.emu.Read(buffer)
		if err != nil {
			return
		}
		if !mute {
			_, _ = term.pty.Write(buffer[:n])
		}
	}
}

// screen returns what stands on the screen, without trailing blanks.
func (term *terminal) screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	lines := strings.Split(term.emu.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// wrote returns every byte that reached the terminal.
func (term *terminal) wrote() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.raw.String()
}

// until waits for the screen to satisfy a condition.
func (term *terminal) until(what string, holds func(screen string) bool) string {
	term.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		screen := term.screen()
		if holds(screen) {
			return screen
		}
		select {
		case <-term.news:
		case <-term.ended:
			if screen = term.screen(); holds(screen) {
				return screen
			}
			term.t.Fatalf("the program ended before %s; the screen:\n%s", what, screen)
		case <-deadline.C:
			term.t.Fatalf("waited for %s; the screen:\n%s", what, screen)
		}
	}
}

// see waits until all the texts are on the screen.
func (term *terminal) see(texts ...string) string {
	term.t.Helper()
	return term.until("the screen shows "+strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

var keys = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
	"up": "\x1b[A", "down": "\x1b[B", "ctrl+c": "\x03", "ctrl+u": "\x15",
}

// press sends one key, each in a write of its own.
func (term *terminal) press(names ...string) *terminal {
	term.t.Helper()
	for _, name := range names {
		text, named := keys[name]
		if !named {
			text = name
		}
		if _, err := io.WriteString(term.pty, text); err != nil {
			term.t.Fatalf("press %s: %v", name, err)
		}
	}
	return term
}

// resize changes the size of the terminal, as its window would.
func (term *terminal) resize(cols, rows int) {
	term.t.Helper()
	term.mu.Lock()
	term.emu.Resize(cols, rows)
	term.mu.Unlock()
	if err := pty.Setsize(term.pty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		term.t.Fatal(err)
	}
}

// typeText types a text key by key.
func (term *terminal) typeText(text string) *terminal {
	term.t.Helper()
	for _, r := range text {
		term.press(string(r))
	}
	return term
}

// exit waits for the end of the program and returns its exit code.
func (term *terminal) exit() int {
	term.t.Helper()
	select {
	case <-term.ended:
	case <-time.After(patience):
		term.t.Fatalf("the program does not end; the screen:\n%s", term.screen())
	}
	err := term.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		term.t.Fatal(err)
	}
	return term.cmd.ProcessState.ExitCode()
}

// command runs the binary without a terminal and returns what it printed.
func command(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Dir = env, t.TempDir()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// endServers kills the servers of all runs of a state directory, so that none
// outlives its test.
func endServers(state string) {
	dirs, _ := filepath.Glob(filepath.Join(state, "*", "*")) // the pattern is well-formed
	clock, err := transcript.NewSystemClock()
	if err != nil {
		return
	}
	for _, dir := range dirs {
		if holder, err := transcript.ReadHolder(dir); err == nil && holder.PID != os.Getpid() && holder.Lives(clock.BootID()) {
			_ = unix.Kill(holder.PID, unix.SIGKILL) // it may have ended meanwhile
		}
	}
}
