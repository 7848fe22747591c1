package process

import (
	"context"
	"strings"
	"testing"
	"time"
)

// inTerminal starts a script in a terminal of 100 by 37 cells.
func inTerminal(t *testing.T, ctx context.Context, script string) (*Process, *printed) {
	t.Helper()
	out := newPrinted()
	spec := sh(script)
	spec.Terminal, spec.Output, spec.Grace = &Size{Cols: 100, Rows: 37}, out.take, grace
	p, err := Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

func TestTerminalIsOne(t *testing.T) {
	p, out := inTerminal(t, t.Context(), `test -t 0 && test -t 1 && test -t 2 && echo all three; stty size; echo it is mine >/dev/tty; echo bad >&2`)
	state, err := p.Wait()
	if err != nil || state.Exit != 0 {
		t.Fatalf("state %+v, %v", state, err)
	}
	for _, want := range []string{"all three\r\n", "37 100\r\n", "it is mine\r\n", "bad\r\n"} {
		if !strings.Contains(out.out.String(), want) {
			t.Errorf("%q is not in %q", want, out.out.String())
		}
	}
	if out.err.Len() > 0 {
		t.Errorf("standard error apart: %q", out.err.String())
	}
}

func TestWhatIsTypedIsRead(t *testing.T) {
	p, out := inTerminal(t, t.Context(), `echo name; read -r name; stty -echo; echo word; read -r word; echo "<$name $word>"`)
	out.await(t, "name\r\n")
	p.Type([]byte("anx\x7fa\r"))
	out.await(t, "word\r\n")
	p.Type([]byte("xyzzy\r"))
	if _, err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	got := out.out.String()
	if !strings.Contains(got, "<ana xyzzy>") || strings.Count(got, "xyzzy") != 1 {
		t.Errorf("printed %q", got)
	}
	p.Type([]byte("too late")) // is no harm
}

func TestCtrlCIsASignalOfTheTerminal(t *testing.T) {
	// A signal that comes just before the shell waits for sleep is looked at after it.
	p, out := inTerminal(t, t.Context(), `trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.05; done`)
	out.await(t, "ready")
	p.Type([]byte{3})
	state, err := p.Wait()
	if err != nil || state.Exit != 3 || !strings.Contains(out.out.String(), "interrupted") {
		t.Errorf("state %+v, %v; printed %q", state, err, out.out.String())
	}
}

func TestAnotherSizeIsTold(t *testing.T) {
	p, out := inTerminal(t, t.Context(), `trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done`)
	out.await(t, "ready")
	if err := p.Resize(Size{Cols: 61, Rows: 17}); err != nil {
		t.Fatal(err)
	}
	out.await(t, "17 61")
	if _, err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if p.Resize(Size{Cols: 1, Rows: 1}) == nil {
		t.Error("a terminal that is gone was resized")
	}
}

// TestCancelledInATerminal: what does not read its keys, ignores the hangup and
// left its terminal ends all the same.
func TestCancelledInATerminal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p, out := inTerminal(t, ctx, `trap "" HUP TERM INT; setsid sh -c 'trap "" HUP TERM; echo away; while :; do sleep 1; done' & echo ready; while :; do sleep 1; done`)
	out.await(t, "ready")
	out.await(t, "away")
	p.Type([]byte(strings.Repeat("nobody reads this\r", 20000)))
	began := time.Now()
	cancel()
	state, err := p.Wait()
	if err != nil || state.Signal != "SIGKILL" {
		t.Errorf("state %+v, %v", state, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAChildThatKeepsTheTerminalHoldsNobodyUp(t *testing.T) {
	p, out := inTerminal(t, t.Context(), `(trap "" HUP; echo kept; exec sleep 1000) & read -r go; echo "the last words"`)
	out.await(t, "kept")
	p.Type([]byte("go\r"))
	began := time.Now()
	state, err := p.Wait()
	if err != nil || state.Exit != 0 || !strings.Contains(out.out.String(), "the last words") {
		t.Errorf("state %+v, %v; printed %q", state, err, out.out.String())
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAllOfAFloodComesOutOfATerminal(t *testing.T) {
	p, out := inTerminal(t, t.Context(), `i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done`)
	if _, err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(out.out.String(), "\r\n"); len(lines) != 20001 || lines[19999] != "line 19999" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestWithoutATerminalNothingIsTyped(t *testing.T) {
	p, err := Start(t.Context(), sh("cat"))
	if err != nil {
		t.Fatal(err)
	}
	p.Type([]byte("text"))
	if err := p.Resize(Size{}); err == nil {
		t.Error("resized")
	}
	if _, err := p.Wait(); err != nil {
		t.Error(err)
	}
}
