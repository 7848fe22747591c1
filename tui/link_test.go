package tui

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/vt"
)

// writes keeps what the toolkit writes, write by write.
type writes struct {
	mu  sync.Mutex
	all [][]byte
	got chan struct{}
}

func (w *writes) Write(b []byte) (int, error) {
	w.mu.Lock()
	w.all = append(w.all, bytes.Clone(b))
	w.mu.Unlock()
	select {
	case w.got <- struct{}{}:
	default:
	}
	return len(b), nil
}

type framesModel struct{ frame string }

type showFrame string

func (framesModel) Init() tea.Cmd { return nil }
func (m framesModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if frame, ok := msg.(showFrame); ok {
		m.frame = string(frame)
	}
	return m, nil
}
func (m framesModel) View() string { return m.frame }

// randomFrame changes some rows of a frame a little, as screens do.
func randomFrame(rng *rand.Rand, rows []string, width int) []string {
	l := newLook("", func(string) string { return "" }, true)
	texts := []string{"abc", "  ", "paso 2 · hecho", "──────", "日本語", "e\u0301tude", "x", "🙂 ok", "› ", "año"}
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = row
		switch rng.IntN(6) {
		case 0:
			out[i] = ""
		case 1, 2:
			var b strings.Builder
			for range rng.IntN(6) {
				text := texts[rng.IntN(len(texts))]
				switch rng.IntN(4) {
				case 0:
					text = l.cursor.Render(text)
				case 1:
					text = l.warn.Render(text)
				}
				b.WriteString(text)
			}
			out[i] = l.cut(b.String(), width)
		case 3:
			out[i] = l.fit(row, width)
		}
	}
	return out
}

// TestShortenedFramesShowTheSame drives the toolkit itself through random frames
// and sizes; what the link makes of its writes shows the same, cell by cell.
func TestShortenedFramesShowTheSame(t *testing.T) {
	const width, height = 40, 12
	out := &writes{got: make(chan struct{}, 1)}
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	program := tea.NewProgram(framesModel{}, tea.WithAltScreen(), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler())
	ended := make(chan error, 1)
	go func() { _, err := program.Run(); ended <- err }()
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([]string, height)
	program.Send(tea.WindowSizeMsg{Width: width, Height: height})
	for i := range 60 {
		if i%20 == 19 {
			program.Send(tea.WindowSizeMsg{Width: width, Height: height}) // draws everything anew
		}
		rows = randomFrame(rng, rows, width)
		program.Send(showFrame(strings.Join(rows, "\n")))
		select {
		case <-out.got:
		case <-time.After(time.Second): // a frame may be the same
		}
	}
	program.Quit()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}

	full, short := vt.NewEmulator(width, height), vt.NewEmulator(width, height)
	l, sent, had := &link{pace: &pace{}}, 0, 0
	for i, b := range out.all {
		less := l.shorten(b)
		sent, had = sent+len(less), had+len(b)
		_, _ = full.Write(b)
		_, _ = short.Write(less)
		if want, got := full.Render(), short.Render(); want != got {
			t.Fatalf("write %d: %q\nas %q\nshows\n%s\ninstead of\n%s", i, b, less, got, want)
		}
	}
	if len(out.all) < 20 || sent >= had {
		t.Errorf("%d writes, %d bytes instead of %d", len(out.all), sent, had)
	}
}

// TestClockCostsFewBytes looks at what a second costs.
func TestClockCostsFewBytes(t *testing.T) {
	l := &link{pace: &pace{}}
	frame := func(clock string, first bool) []byte {
		b := "\x1b[H"
		if first {
			b += "\r"
		}
		b += " LIVE  " + clock + "  A title of some length that does not change\x1b[K\r\n"
		if first {
			b += "second\x1b[K\r\nthird\x1b[K"
		} else {
			b += "\n"
		}
		return []byte(b + "\x1b[3;0H")
	}
	l.shorten(frame("00:07", true))
	if got := string(l.shorten(frame("00:08", false))); got != "\x1b[1;12H8\x1b[3;0H" {
		t.Errorf("a second costs %q", got)
	}
	l.shorten([]byte("\x1b[?1049l"))
	if got := string(l.shorten(frame("00:09", false))); !strings.Contains(got, "A title") {
		t.Errorf("what stands on the screen is not known, and yet only %q is sent", got)
	}
}

// TestCadenceFollowsTheTerminal: frames come as often as they may, less often when
// they are large, and ever less often when writes wait.
func TestCadenceFollowsTheTerminal(t *testing.T) {
	p := &pace{}
	if got := p.interval(); got != frameInterval {
		t.Errorf("nothing written: %v", got)
	}
	p.wrote(streamBudget/10, 0)
	if got := p.interval(); got != 100*time.Millisecond {
		t.Errorf("a tenth of a second's bytes: %v", got)
	}
	for i := range 5 {
		p.wrote(1, 10*stalledWrite)
		if want, got := min(frameInterval<<(i+1), slowestInterval), p.interval(); got != want {
			t.Errorf("after %d writes that waited: %v, not %v", i+1, got, want)
		}
	}
	for range 60 {
		p.wrote(1, 0)
	}
	if got := p.interval(); got != frameInterval {
		t.Errorf("the terminal takes everything again: %v", got)
	}
}

// BenchmarkShorten measures a frame in which every row but the first differs.
func BenchmarkShorten(b *testing.B) {
	frame := func(first, of string) []byte {
		rows := []string{first}
		for i := range 39 {
			rows = append(rows, strings.Repeat(fmt.Sprintf("%s %d · ", of, i), 10)+"\x1b[K")
		}
		return []byte("\x1b[H" + strings.Join(rows, "\r\n") + "\x1b[40;0H")
	}
	l := &link{pace: &pace{}}
	l.shorten(frame("title\x1b[K", "row"))
	stays := func(b []byte) []byte { return bytes.Replace(b, []byte("\r\n"), []byte("\n"), 1) }
	odd, even := stays(frame("", "other")), stays(frame("", "row"))
	for b.Loop() {
		l.shorten(odd)
		l.shorten(even)
	}
}
