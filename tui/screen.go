package tui

import tea "github.com/charmbracelet/bubbletea"

// screen is one full screen between header and footer. It draws what the run is
// and turns keys into commands; it never does I/O itself.
type screen interface {
	// name is the last part of the message tui.screen.<name>.
	name() string
	// setSize says how many cells view may fill.
	setSize(width, height int)
	// keys returns what may be done now, the most important first.
	keys() []offer
	// act does what an enabled offer promises.
	act(id keyID) tea.Cmd
	// view returns exactly height lines of at most width cells.
	view() []string
}

// numbered is a screen with a numbered menu: a digit moves to its line.
type numbered interface {
	// jump selects the line of a number, counted from 0, if there is one.
	jump(line int)
}

// dialog asks one thing on a sheet at the foot of a screen and takes every key
// while it is open.
type dialog interface {
	// title is shown in the sheet's upper edge.
	title() string
	// press takes a key.
	press(key tea.KeyMsg) tea.Cmd
	// lines returns the sheet's content, at most height lines of width cells.
	lines(width, height int) []string
	// hints are the keys that the footer shows.
	hints() []hint
	// refused shows why what was submitted cannot be; nothing typed is lost.
	refused(text string)
}

// hint is a key and what it does, as the footer shows it.
type hint struct{ key, does string }

// scroll is a position in a list of lines that stays within it.
type scroll struct{ offset, height, total int }

func (s *scroll) resize(total, height int) {
	s.total, s.height = total, height
	s.move(0)
}

func (s *scroll) move(by int) { s.offset = max(0, min(s.offset+by, s.total-s.height)) }

// follow moves as little as needed to show a line.
func (s *scroll) follow(line int) {
	if line < s.offset {
		s.offset = line
	}
	if line >= s.offset+s.height {
		s.offset = line - s.height + 1
	}
	s.move(0)
}

// page answers the keys that scroll; others do nothing.
func (s *scroll) page(id keyID) {
	switch id {
	case keyUp:
		s.move(-1)
	case keyDown:
		s.move(1)
	case keyPageUp:
		s.move(-max(s.height-1, 1))
	case keyPageDown:
		s.move(max(s.height-1, 1))
	case keyTop:
		s.move(-s.total)
	case keyBottom:
		s.move(s.total)
	default:
	}
}
