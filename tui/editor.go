package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

// maxUpdate bounds a text that is edited, in characters.
const maxUpdate = 8000

// editor edits a text of several lines on a sheet. What stands in it is kept when
// it is closed.
type editor struct {
	a       *app
	heading string
	help    string
	area    textarea.Model
	error   string
	keep    func(text string)
	done    func(text string)
}

func newEditor(a *app, heading, help, text string, keep, done func(text string)) *editor {
	area := textarea.New()
	area.Prompt, area.ShowLineNumbers, area.CharLimit, area.EndOfBufferCharacter = "", false, maxUpdate, ' '
	area.Cursor.SetMode(cursor.CursorStatic)
	// It would run programs to reach a clipboard; what the terminal pastes arrives as text.
	area.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	plain := lipgloss.NewStyle()
	area.FocusedStyle = textarea.Style{
		Base: plain, CursorLine: plain, CursorLineNumber: plain, EndOfBuffer: plain, LineNumber: plain,
		Placeholder: plain, Prompt: plain, Text: plain,
	}
	area.SetWidth(max(a.width-4, 8)) // the text is laid out by it
	area.SetHeight(4)
	area.SetValue(text)
	area.Focus()
	for area.Line() > 0 { // it is read from its beginning
		area.CursorUp()
	}
	area.CursorStart()
	return &editor{a: a, heading: heading, help: help, area: area, keep: keep, done: done}
}

func (d *editor) title() string { return d.heading }

func (d *editor) press(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		d.keep(d.area.Value())
		d.a.dialog = nil
		return nil
	case "ctrl+d":
		text := strings.TrimSpace(d.a.cleanText(d.area.Value()))
		if text == "" {
			d.error = d.a.p.T("tui.editor.empty")
			return nil
		}
		d.keep(text)
		d.done(text)
		return nil
	}
	d.error = ""
	if msg.Type == tea.KeyRunes {
		// What bubbletea measures wrongly would lose rows.
		msg.Runes = []rune(shown(string(msg.Runes)))
	}
	var cmd tea.Cmd
	d.area, cmd = d.area.Update(msg)
	return cmd
}

func (d *editor) lines(width, height int) []string {
	lines := wrap(d.help, width)
	if len(lines) > max(height-4, 0) {
		lines = nil
	}
	var foot []string
	if d.error != "" {
		foot = d.a.errorLines(d.error, width)
	}
	d.area.SetWidth(max(width-2, 8))
	d.area.SetHeight(max(height-len(lines)-len(foot), 1))
	rows := strings.Split(d.area.View(), "\n")
	return append(append(lines, rows...), foot...)
}

func (d *editor) hints() []hint {
	return []hint{{"ctrl+d", d.a.p.T("tui.foot.go-on")}, {"esc", d.a.p.T("tui.foot.close")}}
}

func (d *editor) refused(text string) { d.error = text }
