package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"genia.ai/bitacora/tui"
)

// How long the words after a screen wait for the terminal: what the record and the run's
// server hold can be told by other commands, a program that does not end holds up a logout.
const (
	wordsLimit   = 2 * time.Second
	stalledLimit = 100 * time.Millisecond // it has just taken nothing for as long as the screen waits
)

// screen shows the full screen. What is said on standard error afterwards is said to a
// terminal that may take nothing any more.
func (a *app) screen(ctx context.Context, opts tui.Options) (tui.Result, error) {
	result, err := tui.Run(ctx, opts)
	limit := wordsLimit
	if errors.Is(err, tui.ErrStalled) {
		limit = stalledLimit
	}
	a.err = &lastWords{to: a.err, limit: limit}
	return result, err
}

// errUnheard says that nobody takes what is said.
var errUnheard = errors.New("the terminal does not take what is written")

// lastWords are written before the program ends, if they are taken within a limit each;
// after the first that were not, the rest is left unsaid. It is for one goroutine.
type lastWords struct {
	to      io.Writer
	limit   time.Duration
	unheard bool
}

// Write implements io.Writer. A write that is not taken stays under way until the
// program ends.
func (l *lastWords) Write(p []byte) (int, error) {
	if l.unheard {
		return 0, errUnheard
	}
	type written struct {
		n   int
		err error
	}
	words, done := append([]byte(nil), p...), make(chan written, 1)
	go func() {
		n, err := l.to.Write(words)
		done <- written{n, err}
	}()
	timer := time.NewTimer(l.limit)
	defer timer.Stop()
	select {
	case w := <-done:
		return w.n, w.err
	case <-timer.C:
		l.unheard = true
		return 0, errUnheard
	}
}
