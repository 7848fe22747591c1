package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// demoEnv makes the test binary a program that shows a run in its terminal.
const demoEnv = "BITACORA_TUI_DEMO"

// stalledCode is how that program ends when its terminal takes nothing.
const stalledCode = 9

func TestMain(m *testing.M) {
	if os.Getenv(demoEnv) != "" {
		os.Exit(demo(os.Getenv(demoEnv)))
	}
	goleak.VerifyTestMain(m)
}

// demo shows a run of the queue runbook and says on its last line how it was left.
func demo(what string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	defer stop()
	texts, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	var client session.Client = newFakeClient(queueRunbook(), event.ModeLive, time.Now)
	if what == "panic" {
		client = panicking{client}
	}
	if what == "strange" {
		client = strange()
	}
	if what == "stall" {
		rb := queueRunbook()
		rb.Summary = strings.Repeat("más de lo que cabe en el búfer de un terminal ", 20000)
		client = newFakeClient(rb, event.ModeLive, time.Now)
	}
	result, err := Run(ctx, Options{Client: client, Printer: texts.Printer("es")})
	if errors.Is(err, ErrStalled) {
		return stalledCode // the terminal takes no words either
	}
	var panicked *PanicError
	fmt.Printf("\nleft saved=%d panicked=%v cancelled=%v\n", result.Saved.Seq, errors.As(err, &panicked), errors.Is(err, context.Canceled))
	return 0
}

// panicking is a client with a bug.
type panicking struct{ session.Client }

func (panicking) Do(context.Context, walk.Command) (session.Ack, error) { panic("injected") }

// terminal is a program in a pseudo-terminal that answers no query.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	file *os.File
	news chan struct{}
	done chan struct{}

	mu  sync.Mutex
	emu *vt.Emulator
	raw strings.Builder
}

func openTerminal(t *testing.T, what string, cols, rows int) *terminal {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), demoEnv+"="+what, "TERM=xterm-256color", "COLORFGBG=", "LC_ALL=es_ES.UTF-8")
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{
		t: t, cmd: cmd, file: file, emu: vt.NewEmulator(cols, rows),
		news: make(chan struct{}, 1), done: make(chan struct{}),
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		buffer := make([]byte, 256)
		for {
			if _, err := x.emu.Read(buffer); err != nil {
				return
			}
		}
	}()
	go x.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = file.Close()
		<-x.done
		_ = cmd.Wait()
		_ = x.emu.InputPipe().(io.Closer).Close() // Emulator.Close races with its own Read
		<-drained
	})
	return x
}

func (x *terminal) read() {
	defer close(x.done)
	buffer := make([]byte, 32<<10)
	for {
		n, err := x.file.Read(buffer)
		x.mu.Lock()
		x.raw.Write(buffer[:n])
		_, _ = x.emu.Write(buffer[:n])
		x.mu.Unlock()
		select {
		case x.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (x *terminal) screen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.emu.String()
}

func (x *terminal) wrote() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// see waits until a text is on the screen.
func (x *terminal) see(text string) {
	x.t.Helper()
	x.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// until waits until something holds for the screen.
func (x *terminal) until(what string, holds func(screen string) bool) {
	x.t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for !holds(x.screen()) {
		select {
		case <-x.news:
		case <-x.done:
			if !holds(x.screen()) {
				x.t.Fatalf("the program ended before it showed %q:\n%s", what, x.screen())
			}
		case <-deadline.C:
			x.t.Fatalf("waited for %q:\n%s", what, x.screen())
		}
	}
}

func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := x.file.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// restored reports whether the alternate screen was left and input is echoed again.
func (x *terminal) restored() bool {
	modes, err := unix.IoctlGetTermios(int(x.file.Fd()), unix.TCGETS)
	return err == nil && modes.Lflag&unix.ECHO != 0 && strings.Contains(x.wrote(), "\x1b[?1049l")
}

func TestNoQueryIsWrittenAndNoAnswerIsWaitedFor(t *testing.T) {
	started := time.Now()
	x := openTerminal(t, "walk", 80, 24)
	x.see("Restaurar la cola de pedidos")
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("the first screen took %v on a terminal that answers nothing", took)
	}
	for name, query := range map[string]string{
		"background": "\x1b]11;?", "foreground": "\x1b]10;?", "cursor position": "\x1b[6n", "attributes": "\x1b[c", "kitty": "\x1b[?u",
	} {
		if strings.Contains(x.wrote(), query) {
			t.Errorf("the terminal was asked for its %s", name)
		}
	}
	x.press("\r")
	x.see("▶ 1. Comprobar")
	x.press("q")
	x.see("¿Salir?")
	x.press("y")
	x.see("left saved=3 panicked=false cancelled=false")
	if !x.restored() {
		t.Error("the terminal was not restored")
	}
}

func TestSplitArrowKeyIsNoEscape(t *testing.T) {
	x := openTerminal(t, "walk", 80, 24)
	x.see("empezar")
	x.press("\r")
	x.see("›▶ 1. Comprobar")
	x.press("\x1b")
	x.press("[")
	x.press("B")
	x.see("›○ 2. Anotar")
}

func TestSignalRestoresTheTerminal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		x := openTerminal(t, "walk", 80, 24)
		x.see("empezar")
		if err := x.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		x.see("left saved=1 panicked=false cancelled=true")
		if !x.restored() {
			t.Error("the terminal was not restored")
		}
	}
}

func TestPanicIsAnErrorAfterTheScreenIsRestored(t *testing.T) {
	x := openTerminal(t, "panic", 80, 24)
	x.see("empezar")
	x.press("\r")
	x.see("left saved=1 panicked=true")
	if strings.Contains(x.wrote(), "goroutine ") {
		t.Error("a trace was written across the screen")
	}
}

func TestResize(t *testing.T) {
	x := openTerminal(t, "walk", 80, 24)
	x.see("empezar")
	x.resize(50, 10)
	x.see("demasiado pequeña (50×10)")
	x.resize(100, 30)
	x.see("Programas que usa")
}

func (x *terminal) resize(cols, rows int) {
	x.t.Helper()
	x.mu.Lock()
	x.emu.Resize(cols, rows)
	x.mu.Unlock()
	if err := pty.Setsize(x.file, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		x.t.Fatal(err)
	}
}

// TestRunEndsEverythingItStarted runs in this process, so that a goroutine left
// behind is found.
func TestRunEndsEverythingItStarted(t *testing.T) {
	near, far, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	defer far.Close()
	if err := pty.Setsize(near, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	drawn, drained := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drained)
		var all strings.Builder
		buffer := make([]byte, 4096)
		for seen := false; ; {
			n, err := near.Read(buffer)
			all.Write(buffer[:n])
			if !seen && strings.Contains(all.String(), "Restaurar") {
				seen = true
				close(drawn)
			}
			if err != nil {
				return
			}
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	client := newFakeClient(queueRunbook(), event.ModeLive, time.Now)
	left := make(chan error, 1)
	go func() {
		_, err := Run(ctx, Options{Client: client, Printer: printer(t, "es"), In: far, Out: far})
		left <- err
	}()
	<-drawn
	for range 1000 {
		client.mu.Lock()
		client.push(session.OutputPrinted{Action: "x", Stream: session.StreamOut, Text: strings.Repeat("salida ", 50) + "\n"})
		client.mu.Unlock()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
	far.Close()
	near.Close()
	<-drained
}

// TestStalledTerminal leaves a terminal that takes nothing: its end is not waited
// for, its modes are restored.
func TestStalledTerminal(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), demoEnv+"=stall", "TERM=xterm-256color")
	near, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 1000, Rows: 500})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	for waiting := 0; waiting < 4000; { // until a frame fills what the kernel keeps for a reader
		if waiting, err = unix.IoctlGetInt(int(near.Fd()), unix.TIOCINQ); err != nil {
			t.Fatal(err)
		}
	}
	asked := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if took := time.Since(asked); took > 2*stallLimit {
		t.Errorf("leaving took %v", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != stalledCode {
		t.Errorf("exit code %d: the terminal did not count as stalled", code)
	}
	modes, err := unix.IoctlGetTermios(int(near.Fd()), unix.TCGETS)
	if err != nil || modes.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal's modes were not restored: %v", err)
	}
}
