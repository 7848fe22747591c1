package actions

import (
	"context"
	"errors"
	"fmt"

	"genia.ai/bitacora/runbooks"
)

// ErrNoTerminal says that an interactive action has nobody to talk with.
var ErrNoTerminal = errors.New("interactive: needs a person at a terminal; " +
	"run it in the full screen or line by line in a terminal, or do the step by hand")

// Screen is what a script may know of the terminal that it talks through.
type Screen struct {
	Cols uint16 `json:"cols"`
	Rows uint16 `json:"rows"`
	Term string `json:"term"` // what kind it is, as in the variable TERM; "" = not known
}

// Keyboard takes what a person types for a script. Neither method waits.
type Keyboard interface {
	Type(p []byte)
	Resize(screen Screen) error
}

// Terminal is the terminal of the person who drives a run, as an interactive
// script meets it: the one place that control sequences reach. What is shown there
// is recorded through the Sink all the same, like any output.
type Terminal interface {
	// Await waits until the person is there. It returns ErrNoTerminal when nobody
	// comes, and the context's error.
	Await(ctx context.Context) (Screen, error)
	// Connect says what takes their keys from now on.
	Connect(to Keyboard)
	// Show takes what the script printed, as it is; p is not kept. It may wait for
	// somebody slow, but not for long.
	Show(p []byte)
}

// checkInteractive refuses what cannot be done with a script that talks with
// somebody.
func checkInteractive(set runbooks.Settings, interp interpreter) error {
	switch {
	case !set.Interactive:
	case set.Until != "" || set.Retries > 0:
		return errors.New("interactive=true: nobody talks with the same script again and again; remove until and retries")
	case interp.stdin:
		return fmt.Errorf("interactive=true: %s reads its script where it would read the keys; use another language, or a shell block that calls it", interp.programs[0])
	}
	return nil
}
