// Command tour walks an example runbook in the built program, in a terminal of
// its own, and writes down every screen as text and as SVG: docs/screens, which
// README shows. With -check it writes nothing and fails when a screen is not as
// recorded.
//
// It guarantees: the same program gives the same files, wherever and whenever it
// is run; what differs from run to run (times, ids, directories, the host) is
// replaced before anything is written. Nothing outside a directory of its own is
// touched, and no process of it is left.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"

	"genia.ai/bitacora/internal/i18n"
)

func main() {
	bin := flag.String("bin", "bin/bitacora", "the `PROGRAM` to walk")
	out := flag.String("out", "docs/screens", "the `DIRECTORY` of the screens")
	check := flag.Bool("check", false, "write nothing; fail when a screen is not as recorded")
	flag.Parse()
	if err := run(*bin, *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

// size is a size of the terminal.
type size struct{ cols, rows int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.cols, s.rows) }

var (
	sizes     = []size{{80, 24}, {120, 40}}
	languages = []string{"es", "en"}
)

// run takes the tours of all sizes and languages at the same time: they mostly wait.
func run(bin, out string, check bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	album := &album{dir: out, check: check, shots: map[string]shot{}}
	var group sync.WaitGroup
	errs := make([]error, len(sizes)*len(languages))
	for i, size := range sizes {
		for j, lang := range languages {
			group.Go(func() {
				errs[i*len(languages)+j] = take(ctx, bin, album, catalog.Printer(lang), size)
			})
		}
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return album.finish()
}
