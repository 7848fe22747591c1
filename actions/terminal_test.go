package actions

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"genia.ai/bitacora/runbooks"
)

// person sits at a terminal and types what answers what is shown.
type person struct {
	screen  Screen
	answers map[string]string // keys by what has to be shown before
	err     error

	mu       sync.Mutex
	keyboard Keyboard
	shown    strings.Builder
}

func (p *person) Await(ctx context.Context) (Screen, error) {
	if ctx.Err() != nil {
		return Screen{}, ctx.Err()
	}
	return p.screen, p.err
}

func (p *person) Connect(to Keyboard) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keyboard = to
	p.answer()
}

func (p *person) Show(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown.Write(b)
	p.answer()
}

// answer needs p.mu.
func (p *person) answer() {
	for sign, keys := range p.answers {
		if p.keyboard != nil && strings.Contains(p.shown.String(), sign) {
			delete(p.answers, sign)
			p.keyboard.Type([]byte(keys))
		}
	}
}

// talks runs an interactive script with somebody.
func (s *shellRun) talks(who Terminal, code string) (Result, string) {
	s.t.Helper()
	sink := newRecorder()
	r := s.exec.Execute(s.t.Context(), Request{
		Action: script(code, runbooks.Settings{Interactive: true}), Dir: s.dir, Shell: &s.state, Terminal: who,
	}, sink)
	return r, sink.all()
}

func TestInteractiveScriptTalks(t *testing.T) {
	s := newShellRun(t)
	ana := &person{screen: Screen{Cols: 91, Rows: 33, Term: "xterm-256color"}, answers: map[string]string{"name? ": "ana\r"}}
	r, recorded := s.talks(ana, `printf '\033[1mname? \033[0m'; read -r name; echo "hello $name"; stty size; echo "$TERM"`)
	if r.Outcome != OutcomeOK {
		t.Fatalf("%+v", r)
	}
	for _, want := range []string{"name? ", "hello ana\n33 91\nxterm-256color\n"} {
		if !strings.Contains(recorded, want) {
			t.Errorf("%q is not recorded: %q", want, recorded)
		}
	}
	if shown := ana.shown.String(); !strings.Contains(shown, "\x1b[1mname? \x1b[0m") || !strings.Contains(shown, "hello ana\r\n") {
		t.Errorf("shown %q", shown)
	}
	s.prints(`echo "$name again"; [ -t 0 ] || echo "no terminal"; echo "$TERM"`, "ana again\nno terminal\ndumb\n")
}

func TestInteractiveNeedsSomebody(t *testing.T) {
	s := newShellRun(t)
	r, recorded := s.talks(nil, "touch started; echo started")
	if r.Outcome != OutcomeFailed || r.Reason != ErrNoTerminal.Error() || recorded != "" {
		t.Errorf("%+v, %q", r, recorded)
	}
	r, recorded = s.talks(&person{err: ErrNoTerminal}, "touch started; echo started")
	if r.Outcome != OutcomeFailed || r.Reason != ErrNoTerminal.Error() || recorded != "" {
		t.Errorf("%+v, %q", r, recorded)
	}
	s.prints("ls", "")
}

func TestInteractiveIsNotRepeatedNorReadFromTheKeys(t *testing.T) {
	s := newShellRun(t)
	for lang, set := range map[string]runbooks.Settings{
		"sh":   {Interactive: true, Until: "ready"},
		"bash": {Interactive: true, Retries: 3},
		"node": {Interactive: true},
	} {
		action := script("x", set)
		action.Lang, action.Effect = lang, runbooks.EffectRead
		if _, err := s.exec.Preview(Request{Action: action, Dir: "/"}); err == nil || !strings.HasPrefix(err.Error(), "interactive=true: ") {
			t.Errorf("%s %+v: %v", lang, set, err)
		}
	}
}

// TestSomebodyMayTakeTheirTime: without a timeout of its own there is none, with
// one it counts.
func TestSomebodyMayTakeTheirTime(t *testing.T) {
	clock := &limits{}
	exec := &shellExecutor{environ: []string{"PATH=/usr/bin:/bin"}, clock: clock}
	for _, timeout := range []time.Duration{0, time.Hour} {
		clock.set = nil
		r := exec.Execute(t.Context(), Request{
			Action: script("true", runbooks.Settings{Interactive: true, Timeout: timeout}), Dir: "/", Terminal: &person{screen: Screen{Cols: 80, Rows: 24}},
		}, newRecorder())
		if r.Outcome != OutcomeOK {
			t.Fatalf("%+v", r)
		}
		if want := timeout > 0; (len(clock.set) > 0) != want {
			t.Errorf("timeout %s: timers %v", timeout, clock.set)
		}
	}
}

// limits notes the timers that are set.
type limits struct {
	SystemClock
	set []time.Duration
}

func (l *limits) AfterFunc(d time.Duration, f func()) func() bool {
	l.set = append(l.set, d)
	return l.SystemClock.AfterFunc(d, f)
}

func TestEndsOfLinesInAnyPieces(t *testing.T) {
	const whole, want = "a\r\nb\rc\r\r\n\r\rd\ne", "a\nb\rc\n\rd\ne"
	for size := 1; size <= len(whole); size++ {
		ends, got := &lineEnds{}, []byte(nil)
		for rest := whole; rest != ""; {
			n := min(size, len(rest))
			got, rest = ends.append(got, []byte(rest[:n])), rest[n:]
		}
		if string(got) != want {
			t.Errorf("in pieces of %d: %q, want %q", size, got, want)
		}
	}
}

func TestWaitingForSomebodyEndsWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	exec := &shellExecutor{environ: []string{"PATH=/usr/bin:/bin"}, clock: SystemClock{}}
	r := exec.Execute(ctx, Request{Action: script("true", runbooks.Settings{Interactive: true}), Dir: "/", Terminal: &person{}}, newRecorder())
	if r.Outcome != OutcomeCancelled {
		t.Errorf("%+v", r)
	}
}
