package plain

import (
	"bufio"
	"context"
	"io"
	"strings"
	"time"

	"genia.ai/bitacora/internal/session"
)

// maxLine bounds a line of the input in bytes; a longer one ends the input.
const maxLine = 1 << 20

// reader reads lines ahead, so that what was typed before a question was asked
// can be told from its answer.
type reader struct {
	lines chan string // closed at the end of the input
	quit  chan struct{}
	ended chan struct{}
	in    io.Reader
}

func startReader(in io.Reader) *reader {
	r := &reader{lines: make(chan string, 64), quit: make(chan struct{}), ended: make(chan struct{}), in: in}
	go r.read()
	return r
}

func (r *reader) read() {
	defer close(r.ended)
	defer close(r.lines)
	scanner := bufio.NewScanner(r.in)
	scanner.Buffer(make([]byte, 0, 4096), maxLine)
	for scanner.Scan() {
		select {
		case r.lines <- strings.TrimSpace(scanner.Text()):
		case <-r.quit:
			return
		}
	}
}

// discard drops the lines that were read already.
func (r *reader) discard() (dropped int) {
	for {
		select {
		case _, ok := <-r.lines:
			if !ok {
				return dropped
			}
			dropped++
		default:
			return dropped
		}
	}
}

// stop ends the goroutine if that can be done.
func (r *reader) stop() {
	close(r.quit)
	if in, ok := r.in.(interface{ SetReadDeadline(time.Time) error }); ok && in.SetReadDeadline(time.Unix(1, 0)) == nil {
		<-r.ended
	}
}

// pump turns a feed into a channel.
type pump struct {
	batches chan []session.Update // closed when the feed is over
	ended   chan struct{}
	err     error // why the feed is over; to be read after batches was closed
}

func startPump(ctx context.Context, feed session.Feed) *pump {
	p := &pump{batches: make(chan []session.Update), ended: make(chan struct{})}
	go p.run(ctx, feed)
	return p
}

func (p *pump) run(ctx context.Context, feed session.Feed) {
	defer close(p.ended)
	defer close(p.batches)
	for {
		batch, err := feed.Next(ctx)
		if err != nil {
			p.err = err
			return
		}
		select {
		case p.batches <- batch:
		case <-ctx.Done():
			p.err = ctx.Err()
			return
		}
	}
}

func (p *pump) wait() { <-p.ended }
