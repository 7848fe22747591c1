// Command bare is the least that a program on the same toolkit can be: a list and
// a cursor. `make bench-screen` measures it in turn with ours, as the floor. It
// asks the terminal for its background as the toolkit does unless told.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

const rows = 30

type list struct{ cursor int }

func (l list) Init() tea.Cmd { return nil }

func (l list) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return l, nil
	}
	switch key.String() {
	case "j", "down":
		l.cursor = min(l.cursor+1, rows-1)
	case "k", "up":
		l.cursor = max(l.cursor-1, 0)
	case "q", "ctrl+c":
		return l, tea.Quit
	}
	return l, nil
}

func (l list) View() string {
	var b strings.Builder
	for i := range rows {
		mark := "  "
		if i == l.cursor {
			mark = "> "
		}
		fmt.Fprintf(&b, "%s%d a row of the list\n", mark, i+1)
	}
	b.WriteString("j down  k up  q quit")
	return b.String()
}

func main() {
	if _, err := tea.NewProgram(list{}, tea.WithAltScreen()).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}
