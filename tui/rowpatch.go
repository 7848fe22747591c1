package tui

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// cell is one place of a row: a grapheme of one cell, and the style it stands in
// as the sequences that set it.
type cell struct{ text, style string }

// rowPatch writes what turns a row that stands into another. Rows in which
// anything is not exactly one cell wide are written whole: terminals do not agree
// on where such a row goes on. No row is wider than the columns.
func rowPatch(out *bytes.Buffer, row int, before, after string, columns int) {
	old, ok := cells(before)
	now, plain := cells(after)
	mark := out.Len()
	if ok && plain {
		patchCells(out, row, old, now)
		if out.Len()-mark < len(after)+len("\x1b[00;1H\x1b[K") {
			return
		}
		out.Truncate(mark)
	}
	wholeRow(out, row, after, columns)
}

// wholeRow writes a row whatever stands there. What is behind it is erased only where
// there is anything: behind the last column the erased cell would be the last one.
func wholeRow(out *bytes.Buffer, row int, text string, columns int) {
	place(out, row, 0)
	out.WriteString(text)
	if width(text) < columns {
		out.WriteString(ansi.EraseLineRight)
	}
}

func patchCells(out *bytes.Buffer, row int, old, now []cell) {
	first := 0
	for first < min(len(old), len(now)) && old[first] == now[first] {
		first++
	}
	last := len(now)
	for len(old) == len(now) && last > first && old[last-1] == now[last-1] {
		last--
	}
	if first == last && len(old) == len(now) {
		return
	}
	place(out, row, first)
	style := ""
	for _, c := range now[first:last] {
		if c.style != style {
			if style != "" {
				out.WriteString(ansi.ResetStyle)
			}
			style = c.style
			out.WriteString(style)
		}
		out.WriteString(c.text)
	}
	if style != "" {
		out.WriteString(ansi.ResetStyle)
	}
	if len(now) < len(old) {
		out.WriteString(ansi.EraseLineRight)
	}
}

// place moves to a cell, both counted from 0.
func place(out *bytes.Buffer, row, column int) {
	out.WriteString("\x1b[")
	out.WriteString(strconv.Itoa(row + 1))
	if column > 0 {
		out.WriteByte(';')
		out.WriteString(strconv.Itoa(column + 1))
	}
	out.WriteByte('H')
}

// cells takes a row apart, without the blanks at its end. It reports false for
// what it does not know: other sequences than those of styles, and text that is
// not one cell a grapheme.
func cells(row string) ([]cell, bool) {
	all := make([]cell, 0, len(row))
	style := ""
	for len(row) > 0 {
		if c := row[0]; c >= 0x20 && c < 0x7f && (len(row) == 1 || row[1] < 0x80) {
			all = append(all, cell{row[:1], style})
			row = row[1:]
			continue
		}
		seq, width, n, _ := ansi.DecodeSequence(row, ansi.NormalState, nil)
		row = row[n:]
		switch {
		case width == 1:
			all = append(all, cell{seq, style})
		case !strings.HasPrefix(seq, "\x1b[") || !strings.HasSuffix(seq, "m"):
			return nil, false
		case seq == ansi.ResetStyle || seq == "\x1b[0m":
			style = ""
		default:
			style += seq
		}
	}
	if style != "" {
		return nil, false
	}
	for len(all) > 0 && all[len(all)-1] == (cell{" ", ""}) {
		all = all[:len(all)-1]
	}
	return all, true
}
