package tui

import (
	"math/rand"
	"strings"
	"testing"
	"time"

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

// TestAnyKeysAnySize presses random keys on random sizes while actions print and
// end as they like: nothing panics, every frame fits, and what is shown is the
// replay of what was recorded.
func TestAnyKeysAnySize(t *testing.T) {
	var names []string
	for _, b := range bindings {
		names = append(names, b.keys...)
	}
	names = append(names, "y", "1", "2", "3", "enter", "enter", "enter", "backspace", "a", "jjj", "é", "界")
	rapid.Check(t, func(rt *rapid.T) {
		d := &drive{t: t, now: morning(), c: strange()}
		d.c.now = func() time.Time { return d.now }
		d.begin(Options{Client: d.c, Watch: rapid.IntRange(0, 4).Draw(rt, "watch") == 0, Printer: printer(t, rapid.SampledFrom([]string{"es", "en"}).Draw(rt, "lang"))}, 80, 24)
		if rapid.Bool().Draw(rt, "far") {
			d.toExecution()
		}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			d.anything(rt, names)
			d.check(rt)
		}
	})
}

// anything does one random thing.
func (d *drive) anything(rt *rapid.T, names []string) {
	switch rapid.IntRange(0, 9).Draw(rt, "what") {
	case 0:
		d.send(tea.WindowSizeMsg{Width: rapid.IntRange(1, 200).Draw(rt, "width"), Height: rapid.IntRange(1, 60).Draw(rt, "height")})
	case 1:
		d.c.push(session.OutputPrinted{Action: "x", Stream: session.StreamErr, Text: rapid.SampledFrom(nasty).Draw(rt, "out")})
		d.deliver()
	case 2:
		d.ends(rapid.SampledFrom([]string{
			event.OutcomeOK, event.OutcomeFailed, event.OutcomeTimeout, event.OutcomeUnknown,
		}).Draw(rt, "outcome"), rapid.SampledFrom(nasty).Draw(rt, "last"))
	case 3:
		d.write(rapid.SampledFrom([]string{"pedidos", "v1.4.2", "INC-7", "motivo", "-5m"}).Draw(rt, "text"))
	case 4:
		d.send(secondPassedMsg{})
		if rapid.IntRange(0, 9).Draw(rt, "demoted") == 0 {
			d.c.push(session.Demoted{By: nasty[3], Host: nasty[1], Reason: nasty[2]})
			d.deliver()
		}
	default:
		key := rapid.SampledFrom(names).Draw(rt, "key")
		if rapid.Bool().Draw(rt, "hurried") {
			d.hammer(key)
		} else {
			d.press(key)
		}
	}
}

func (d *drive) check(rt *rapid.T) {
	if crash := d.a.left.Load().crash; crash != nil {
		rt.Fatalf("%v\n%s", crash, crash.Stack)
	}
	d.fits()
	replayed := walk.Replay(d.c.plan, d.c.events)
	if s := d.a.run.state; s.Seq != replayed.Seq || s.Status != replayed.Status || d.a.run.current() != currentOf(replayed) {
		rt.Fatalf("the screen shows #%d %s at %s, recorded is #%d %s at %s", s.Seq, s.Status, d.a.run.current(),
			replayed.Seq, replayed.Status, currentOf(replayed))
	}
	if s := d.a.run.saved.Seq; s != d.c.state.Seq {
		rt.Fatalf("the screen says saved #%d, recorded is #%d", s, d.c.state.Seq)
	}
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
