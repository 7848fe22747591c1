package actions

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/process"
)

// kindOfTerminal is what a TERM may look like.
var kindOfTerminal = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$`)

// startInTerminal is process.Start, in a terminal that is relayed to that of who
// drives the run. Its output is recorded before it is shown.
func startInTerminal(ctx context.Context, spec process.Spec, terminal Terminal) (*process.Process, error) {
	screen, err := terminal.Await(ctx)
	if err != nil {
		return nil, err
	}
	spec.Terminal = &process.Size{Cols: screen.Cols, Rows: screen.Rows}
	if kindOfTerminal.MatchString(screen.Term) {
		spec.Env = slices.DeleteFunc(slices.Clone(spec.Env), func(pair string) bool { return strings.HasPrefix(pair, "TERM=") })
		spec.Env = append(spec.Env, "TERM="+screen.Term)
	}
	record, ends := spec.Output, &lineEnds{}
	spec.Output = func(s process.Stream, p []byte) {
		if plain := ends.append(nil, p); len(plain) > 0 {
			record(s, plain)
		}
		terminal.Show(p)
	}
	p, err := process.Start(ctx, spec)
	if err != nil {
		return nil, err
	}
	terminal.Connect(keyboard{p})
	return p, nil
}

// keyboard is the keys of a process.
type keyboard struct{ process *process.Process }

// Type implements Keyboard.
func (k keyboard) Type(p []byte) { k.process.Type(p) }

// Resize implements Keyboard.
func (k keyboard) Resize(screen Screen) error {
	return k.process.Resize(process.Size{Cols: screen.Cols, Rows: screen.Rows})
}

// lineEnds makes the ends of lines what they were before a terminal made CR LF of
// them, whatever pieces they come in.
type lineEnds struct{ held bool } // a carriage return whose next byte is not known

func (e *lineEnds) append(to, p []byte) []byte {
	for _, c := range p {
		if c == '\r' {
			e.held = true // several in a row do what one does
			continue
		}
		if c != '\n' && e.held {
			to = append(to, '\r')
		}
		e.held = false
		to = append(to, c)
	}
	return to
}
