package session

import "strings"

// maxRecent bounds the output, in bytes, that a front end is shown when it attaches.
const maxRecent = 256 << 10

// recent is the end of what the actions of the run printed.
type recent struct {
	pieces []OutputPrinted
	bytes  int
}

// add keeps a piece and forgets the oldest ones beyond the bound.
func (r *recent) add(out OutputPrinted) {
	if len(out.Text) > maxRecent {
		out.Text = strings.ToValidUTF8(out.Text[len(out.Text)-maxRecent:], "")
	}
	if last := len(r.pieces) - 1; last >= 0 && len(r.pieces[last].Text) < 4<<10 &&
		r.pieces[last].Action == out.Action && r.pieces[last].Attempt == out.Attempt && r.pieces[last].Stream == out.Stream {
		r.pieces[last].Text += out.Text
	} else {
		r.pieces = append(r.pieces, out)
	}
	r.bytes += len(out.Text)
	drop := 0
	for r.bytes > maxRecent && drop < len(r.pieces)-1 {
		r.bytes -= len(r.pieces[drop].Text)
		drop++
	}
	// Cut off in front, not moved: what appending leaves behind is given back when it
	// moves the rest anyway.
	clear(r.pieces[:drop])
	r.pieces = r.pieces[drop:]
}
