package tui

import (
	"fmt"
	"math/rand"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// nasty are texts that break careless screens.
var nasty = []string{
	"línea normal", strings.Repeat("muy largo ", 40), "日本語のテキスト、幅の広い文字", "👩‍👩‍👧‍👦 familia 👍🏽 1️⃣ ❤️",
	"e\u0301 combinado", "\ttabulador\r50%\r100%", "", "🇪🇸 bandera", strings.Repeat("界", 70),
}

// strange is the queue runbook with texts that are hard to draw.
func strange() *fakeClient {
	rb := queueRunbook()
	rb.Title = nasty[2] + strings.Repeat(" título", 30)
	rb.Summary = nasty[3]
	for i, step := range rb.Sequence {
		step.Text += " " + nasty[i%len(nasty)]
		step.Body = "> " + nasty[2] + "\n\n1. " + nasty[1] + "\n   - `" + nasty[8] + "`\n\n```\n" + nasty[5] + "\n```\n\n# " + nasty[3]
		for _, action := range step.Actions {
			action.Caption = nasty[(i+3)%len(nasty)]
			action.SampleOutput = strings.Join(nasty, "\n")
		}
	}
	return newFakeClient(rb, event.ModeLive, morning)
}

// chance draws a number below n; what it is for helps to read a failure.
type chance interface {
	below(n int, what string) int
}

// drawn are numbers that rapid can shrink, rolled are cheap ones.
type (
	drawn  struct{ rt *rapid.T }
	rolled struct{ random *rand.Rand }
)

func (c drawn) below(n int, what string) int { return rapid.IntRange(0, n-1).Draw(c.rt, what) }
func (c rolled) below(n int, _ string) int   { return c.random.Intn(n) }

func oneOf[T any](c chance, what string, of ...T) T { return of[c.below(len(of), what)] }

// everyKey is what can be pressed.
func everyKey() []string {
	var names []string
	for _, b := range bindings {
		names = append(names, b.keys...)
	}
	return append(names, "y", "1", "2", "3", "enter", "enter", "enter", "backspace", "a", "jjj", "é", "界")
}

// strangeDrive attaches to the strange runbook.
func strangeDrive(t testing.TB, c chance) *drive {
	d := &drive{t: t, now: morning(), c: strange()}
	d.c.now = d.clock
	d.begin(Options{Client: d.c, Watch: c.below(5, "watch") == 0, Printer: printer(t, oneOf(c, "lang", "es", "en"))}, 80, 24)
	if c.below(2, "far") == 0 {
		d.toExecution()
	}
	return d
}

// TestAnyKeysAnySize presses random keys on random sizes while actions print and
// end as they like: nothing panics, every frame fits, and what is shown is the
// replay of what was recorded.
func TestAnyKeysAnySize(t *testing.T) {
	names := everyKey()
	rapid.Check(t, func(rt *rapid.T) {
		d := strangeDrive(t, drawn{rt})
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			d.anything(drawn{rt}, names)
			if err := d.check(); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// TestAHundredThousandEvents is the same for long walks, with numbers that are drawn
// faster: a walk is left for a new one when it has ended or been long enough.
func TestAHundredThousandEvents(t *testing.T) {
	const all, walks = events, events / 500
	names := everyKey()
	var group sync.WaitGroup
	lanes := min(runtime.GOMAXPROCS(0), 4)
	for lane := range lanes {
		group.Go(func() {
			for seed := lane; seed < walks; seed += lanes {
				c := rolled{rand.New(rand.NewSource(int64(seed)))}
				d := strangeDrive(t, c)
				for d.sent < all/walks {
					d.anything(c, names)
					if err := d.check(); err != nil {
						t.Errorf("seed %d, event %d: %v", seed, d.sent, err)
						return
					}
				}
			}
		})
	}
	group.Wait()
}

// anything does one random thing.
func (d *drive) anything(c chance, names []string) {
	switch c.below(10, "what") {
	case 0:
		width, height := 60+c.below(241, "width"), 15+c.below(86, "height")
		if c.below(8, "tiny") == 0 {
			width, height = 1+c.below(minWidth, "width"), 1+c.below(minHeight, "height")
		}
		d.send(tea.WindowSizeMsg{Width: width, Height: height})
	case 1:
		d.c.push(session.OutputPrinted{Action: "x", Stream: session.StreamErr, Text: oneOf(c, "out", nasty...)})
		d.deliver()
	case 2:
		d.ends(oneOf(c, "outcome", event.OutcomeOK, event.OutcomeFailed, event.OutcomeTimeout, event.OutcomeUnknown), oneOf(c, "last", nasty...))
	case 3:
		d.write(oneOf(c, "text", "pedidos", "v1.4.2", "INC-7", "motivo", "-5m"))
	case 4:
		d.send(secondPassedMsg{})
		if c.below(10, "news") == 0 {
			d.c.push(oneOf[session.Update](c, "which", session.Demoted{By: nasty[3], Host: nasty[1], Reason: nasty[2]},
				session.OutputDropped{Action: "x", Bytes: 1 << 30}, session.OutputBeyond{Action: "stop", Bytes: 1 << 40}))
			d.deliver()
		}
	default:
		key := oneOf(c, "key", names...)
		if c.below(2, "hurried") == 0 {
			d.hammer(key)
		} else {
			d.press(key)
		}
	}
}

// check returns what does not hold.
func (d *drive) check() error {
	if crash := d.a.left.Load().crash; crash != nil {
		return fmt.Errorf("%w\n%s", crash, crash.Stack)
	}
	if err := d.misfit(); err != nil {
		return err
	}
	if s := d.a.run.saved.Seq; s != d.c.state.Seq {
		return fmt.Errorf("the screen says saved #%d, recorded is #%d", s, d.c.state.Seq)
	}
	if d.checked == d.c.state.Seq {
		return nil // nothing was recorded since
	}
	d.checked = d.c.state.Seq
	if shown, replayed := d.a.run.state, walk.Replay(d.c.plan, d.c.events); !reflect.DeepEqual(shown, replayed) {
		return fmt.Errorf("the screen shows #%d %s at %s, recorded is #%d %s at %s", shown.Seq, shown.Status, d.a.run.current(),
			replayed.Seq, replayed.Status, currentOf(replayed))
	}
	return nil
}

func currentOf(s walk.State) string {
	if step := s.Current(); step != nil {
		return step.ID
	}
	return ""
}

// TestOutputKeepsWhatWasPrinted compares the ring with the text it was given in
// random pieces.
func TestOutputKeepsWhatWasPrinted(t *testing.T) {
	text := strings.Repeat("uno\ndos\r\ntres\n\n", 50)
	for seed := range int64(20) {
		random := rand.New(rand.NewSource(seed))
		var o output
		for rest := text; rest != ""; {
			n := min(1+random.Intn(7), len(rest))
			o.print(outputPrinted, rest[:n])
			rest = rest[n:]
		}
		var got []string
		for i := range o.len() {
			got = append(got, strings.TrimRight(o.at(i).text, "\r"))
		}
		want := strings.Split(strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\r", ""), "\n")
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Fatalf("seed %d: got %q", seed, got[:8])
		}
	}
}
