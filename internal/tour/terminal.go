package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// Waiting: how long for something to show, how long the screen has to stand still
// before it is written down, and how soon a key that was refused is pressed again.
const (
	patience = 30 * time.Second
	still    = 400 * time.Millisecond
	again    = 700 * time.Millisecond
)

// terminal is a program in a pseudo-terminal and the screen it draws.
type terminal struct {
	ctx   context.Context
	cmd   *exec.Cmd
	pty   *os.File
	news  chan struct{} // holds one token when the screen may have changed
	ended chan struct{} // closed when the program's output ended

	mu  sync.Mutex // guards emu
	emu *vt.Emulator
}

func open(ctx context.Context, cmd *exec.Cmd, size size) (*terminal, error) {
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(size.cols), Rows: uint16(size.rows)})
	if err != nil {
		return nil, fmt.Errorf("start %s in a terminal: %w", cmd.Path, err)
	}
	t := &terminal{
		ctx: ctx, cmd: cmd, pty: file, emu: vt.NewEmulator(size.cols, size.rows),
		news: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	go t.read()
	go t.answer()
	return t, nil
}

// close ends the program, if it has not ended, and both goroutines.
func (t *terminal) close() {
	_ = t.cmd.Process.Kill() // it may have ended
	_ = t.pty.Close()
	<-t.ended
	_ = t.cmd.Wait() // killed: there is nothing to learn
	if input, ok := t.emu.InputPipe().(io.Closer); ok {
		_ = input.Close() // ends answer
	}
}

func (t *terminal) read() {
	defer close(t.ended)
	buffer := make([]byte, 32<<10)
	for {
		n, err := t.pty.Read(buffer)
		t.mu.Lock()
		_, _ = t.emu.Write(buffer[:n]) // it takes everything
		t.mu.Unlock()
		select {
		case t.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// answer passes on what the terminal replies to queries.
func (t *terminal) answer() {
	buffer := make([]byte, 1024)
	for {
		n, err := t.emu.Read(buffer)
		if err != nil {
			return
		}
		_, _ = t.pty.Write(buffer[:n]) // who is gone asks nothing
	}
}

// cells returns a copy of the screen.
func (t *terminal) cells() grid {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := make(grid, t.emu.Height())
	for y := range g {
		for x := 0; x < t.emu.Width(); x++ {
			if c := t.emu.CellAt(x, y); c == nil || c.Width == 0 && c.Content == "" {
				if n := len(g[y]); n > 0 && c != nil && g[y].width() > x {
					continue // the second half of a wide one
				}
				g[y] = append(g[y], cell{text: " ", width: 1})
			} else {
				g[y] = append(g[y], cell{text: c.Content, width: max(c.Width, 1), style: c.Style})
			}
		}
	}
	return g
}

// until waits for the screen to satisfy a condition.
func (t *terminal) until(what string, holds func(screen string) bool) error {
	return t.waiting(what, holds, func(string) error { return nil })
}

// waiting is until; every so often it calls repeat.
func (t *terminal) waiting(what string, holds func(string) bool, repeat func(string) error) error {
	deadline, ticks := time.NewTimer(patience), time.NewTicker(again)
	defer deadline.Stop()
	defer ticks.Stop()
	for {
		screen := t.cells().String()
		if holds(screen) {
			return nil
		}
		select {
		case <-t.news:
		case <-ticks.C:
			if err := repeat(screen); err != nil {
				return err
			}
		case <-t.ended:
			if screen = t.cells().String(); holds(screen) {
				return nil
			}
			return fmt.Errorf("the program ended before %s; the screen:\n%s", what, screen)
		case <-deadline.C:
			return fmt.Errorf("waited for %s; the screen:\n%s", what, screen)
		case <-t.ctx.Done():
			return context.Cause(t.ctx)
		}
	}
}

// see waits until all the texts are on the screen.
func (t *terminal) see(texts ...string) error {
	return t.until(strings.Join(texts, " and "), shows(texts...))
}

func shows(texts ...string) func(string) bool {
	return func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	}
}

func lacks(text string) func(string) bool {
	return func(screen string) bool { return !strings.Contains(screen, text) }
}

var keyBytes = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "ctrl+u": "\x15", "end": "\x1b[F",
}

// press sends keys, each in a write of its own.
func (t *terminal) press(keys ...string) error {
	for _, key := range keys {
		text, named := keyBytes[key]
		if !named {
			text = key
		}
		if _, err := io.WriteString(t.pty, text); err != nil {
			return fmt.Errorf("press %s: %w", key, err)
		}
	}
	return nil
}

// types types a text key by key.
func (t *terminal) types(text string) error {
	for _, r := range text {
		if err := t.press(string(r)); err != nil {
			return err
		}
	}
	return nil
}

// wait waits for the end of the program.
func (t *terminal) wait() error {
	select {
	case <-t.ended:
		return nil
	case <-time.After(patience):
		return errors.New("the program does not end; the screen:\n" + t.cells().String())
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}

// picture returns the screen once it stands still, settled: at once when it is as
// expected, or when nothing has changed for a while but what is settled anyway.
func (t *terminal) picture(s *settler, expected string) (grid, error) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	last, since := "", time.Now()
	for {
		g := s.settle(t.cells())
		text := g.String()
		if text != last {
			last, since = text, time.Now()
		}
		if text == expected || time.Since(since) >= still {
			return g, nil
		}
		quiet := time.NewTimer(still)
		select {
		case <-t.news:
		case <-quiet.C:
		case <-t.ended:
			return s.settle(t.cells()), nil
		case <-deadline.C:
			return nil, fmt.Errorf("the screen does not stand still:\n%s", text)
		case <-t.ctx.Done():
			return nil, context.Cause(t.ctx)
		}
		quiet.Stop()
	}
}
