package tui

import (
	"slices"
	"strings"

	"genia.ai/bitacora/internal/i18n"
)

// keyID names what a key does. One table, bindings, ties it to the keys
// themselves; footer, help, README and man page all come from there.
type keyID string

// What keys can do.
const (
	keyDo        keyID = "do"
	keyUp        keyID = "up"
	keyDown      keyID = "down"
	keyPageUp    keyID = "page-up"
	keyPageDown  keyID = "page-down"
	keyTop       keyID = "top"
	keyBottom    keyID = "bottom"
	keyPane      keyID = "pane"
	keyZoom      keyID = "zoom"
	keySkip      keyID = "skip"
	keyAccept    keyID = "accept"
	keyGoto      keyID = "goto"
	keyReopen    keyID = "reopen"
	keyUndo      keyID = "undo"
	keyAdhoc     keyID = "adhoc"
	keyParams    keyID = "params"
	keyNote      keyID = "note"
	keyTodo      keyID = "todo"
	keyMilestone keyID = "milestone"
	keySeverity  keyID = "severity"
	keyRoles     keyID = "roles"
	keyHandover  keyID = "handover"
	keyTimeline  keyID = "timeline"
	keyFilter    keyID = "filter"
	keyRehearse  keyID = "rehearse"
	keyCancel    keyID = "cancel"
	keyEnd       keyID = "end"
	keyDetach    keyID = "detach"
	keySuspend   keyID = "suspend"
	keyRedraw    keyID = "redraw"
	keyLeave     keyID = "leave"
	keyCommands  keyID = "commands"
	keyHelp      keyID = "help"
	keyClose     keyID = "close"
	keyTick      keyID = "tick"
	keyTicks     keyID = "ticks"
	keyScenario  keyID = "scenario"
	keyComms     keyID = "comms"
	keyCopy      keyID = "copy"
	keySearch    keyID = "search"
	keyKinds     keyID = "kinds"
	keyExport    keyID = "export"
)

// binding says which keys do something and how they are shown. Its text is the
// message tui.key.<id>.
type binding struct {
	id   keyID
	keys []string // as bubbletea names them
	show string
}

// bindings is the only place where keys stand, in the order of the help.
var bindings = []binding{
	{keyDo, []string{"enter"}, "enter"},
	{keyDown, []string{"j", "down"}, "j ↓"},
	{keyUp, []string{"k", "up"}, "k ↑"},
	{keyPageDown, []string{"pgdown", "ctrl+f", " "}, "pgdn"},
	{keyPageUp, []string{"pgup", "ctrl+b"}, "pgup"},
	{keyTop, []string{"home"}, "home"},
	{keyBottom, []string{"end", "G"}, "end"},
	{keyPane, []string{"tab"}, "tab"},
	{keyZoom, []string{"z"}, "z"},
	{keySearch, []string{"/"}, "/"},
	{keyTick, []string{"x"}, "x"},
	{keyTicks, []string{"X"}, "X"},
	{keySkip, []string{"s"}, "s"},
	{keyAccept, []string{"a"}, "a"},
	{keyGoto, []string{"g"}, "g"},
	{keyReopen, []string{"o"}, "o"},
	{keyUndo, []string{"u"}, "u"},
	{keyAdhoc, []string{"!"}, "!"},
	{keyCopy, []string{"y"}, "y"},
	{keyParams, []string{"p"}, "p"},
	{keyScenario, []string{"S"}, "S"},
	{keyNote, []string{"n"}, "n"},
	{keyTodo, []string{"+"}, "+"},
	{keyMilestone, []string{"m"}, "m"},
	{keyComms, []string{"c"}, "c"},
	{keySeverity, []string{"v"}, "v"},
	{keyRoles, []string{"r"}, "r"},
	{keyHandover, []string{"h"}, "h"},
	{keyTimeline, []string{"t"}, "t"},
	{keyKinds, []string{"f"}, "f"},
	{keyExport, []string{"w"}, "w"},
	{keyFilter, []string{"/"}, "/"},
	{keyRehearse, []string{"r"}, "r"},
	{keyCancel, []string{"ctrl+c"}, "ctrl+c"},
	{keyEnd, []string{"e"}, "e"},
	{keyDetach, []string{"d"}, "d"},
	{keySuspend, []string{"ctrl+z"}, "ctrl+z"},
	{keyRedraw, []string{"ctrl+l"}, "ctrl+l"},
	{keyLeave, []string{"q"}, "q"},
	{keyCommands, []string{":"}, ":"},
	{keyHelp, []string{"?"}, "?"},
	{keyClose, []string{"esc"}, "esc"},
}

// digits is how the digits are shown that move in every numbered list.
const digits = "1-9"

// digit is the line, counted from 0, that a digit moves to in a numbered list. It does the
// same in each of them: it moves, and enter picks.
func digit(key string) (line int, ok bool) {
	if len(key) != 1 || key[0] < '1' || key[0] > '9' {
		return 0, false
	}
	return int(key[0] - '1'), true
}

// steersWalk reports whether a key changes the run in some screen.
func steersWalk(name string) bool {
	return slices.ContainsFunc(bindings, func(b binding) bool { return drives(b.id) && slices.Contains(b.keys, strings.ToLower(name)) })
}

// bindingOf returns the binding of an id. Every id has one.
func bindingOf(id keyID) binding {
	i := slices.IndexFunc(bindings, func(b binding) bool { return b.id == id })
	return bindings[i]
}

// drives reports whether a key changes the run: it does nothing for who only
// follows. Notes, to-dos, milestones and updates are anybody's.
func drives(id keyID) bool {
	switch id {
	case keyTick, keyTicks, keyScenario, keySkip, keyAccept, keyGoto, keyReopen, keyUndo, keyAdhoc, keyParams, keySeverity, keyRoles, keyHandover, keyEnd:
		return true
	default:
		return false
	}
}

// records reports whether a key only adds to the record.
func records(id keyID) bool {
	return id == keyNote || id == keyTodo || id == keyMilestone || id == keyComms
}

// offer is a key as a screen offers it now.
type offer struct {
	id    keyID
	label string // what it does now; "" = the text of the binding
	why   string // why it does nothing now; "" = it works
	quiet bool   // only in the help, not in the footer
}

// match returns the offer that a key stands for.
func match(offers []offer, key string) (offer, bool) {
	for _, o := range offers {
		if slices.Contains(bindingOf(o.id).keys, key) {
			return o, true
		}
	}
	return offer{}, false
}

// elsewhere says of a key that does something on another screen that it does nothing here.
// What moves or closes says nothing where there is nothing to be moved or closed.
func (a *app) elsewhere(key string) {
	for _, b := range bindings {
		if !slices.Contains(b.keys, key) {
			continue
		}
		switch b.id {
		case keyUp, keyDown, keyPageUp, keyPageDown, keyTop, keyBottom, keyClose:
		default:
			a.say(false, a.p.T("tui.msg.not-here", "Key", strings.Fields(b.show)[0], "Does", a.p.T("tui.key."+string(b.id))))
		}
		return
	}
}

// KeyRow is one line of the table of keys.
type KeyRow struct {
	Keys string // "j ↓"
	Does string // in the printer's language
}

// KeyTable returns what every key does, for README and man page. It is made of
// the same table that the screens obey.
func KeyTable(p *i18n.Printer) []KeyRow {
	rows := make([]KeyRow, 0, len(bindings)+1)
	for _, b := range bindings {
		rows = append(rows, KeyRow{Keys: b.show, Does: p.T("tui.key." + string(b.id))})
	}
	return append(rows, KeyRow{Keys: digits, Does: p.T("tui.key.digits")})
}
