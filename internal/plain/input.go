package plain

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/internal/session"
)

// maxLine bounds a line of the input in bytes; a longer one ends the input.
const maxLine = 1 << 20

// reader reads lines ahead, so that what was typed before a question was asked
// can be told from its answer. While somebody is in the terminal of an action it
// hands on keys instead.
type reader struct {
	lines chan string // closed at the end of the input
	quit  chan struct{}
	ended chan struct{}
	in    io.Reader

	mu   sync.Mutex
	keys *keys // who gets what is typed, nil = it makes lines
	over bool  // nothing more comes
}

// keys are what is typed for an action.
type keys struct {
	typed chan []byte   // closed at the end of the input
	done  chan struct{} // closed when nobody takes them any more
}

func startReader(in io.Reader) *reader {
	r := &reader{lines: make(chan string, 64), quit: make(chan struct{}), ended: make(chan struct{}), in: in}
	go r.read()
	return r
}

func (r *reader) read() {
	defer close(r.ended)
	defer close(r.lines)
	defer r.finish()
	buffer := make([]byte, 4096)
	var open []byte // a line without its end
	for {
		n, err := r.in.Read(buffer)
		r.mu.Lock()
		k := r.keys
		r.mu.Unlock()
		if k != nil {
			if !r.pass(k, buffer[:n]) {
				return
			}
		} else {
			open = append(open, buffer[:n]...)
			if err != nil && len(open) > 0 {
				open = append(open, '\n') // the last line may lack its end
			}
			rest, ok := r.cut(open)
			if !ok {
				return
			}
			open = open[:copy(open, rest)]
		}
		if err != nil || len(open) > maxLine {
			return
		}
	}
}

// cut hands on whole lines and returns what is left; false says that nobody wants
// them any more.
func (r *reader) cut(text []byte) (rest []byte, ok bool) {
	for {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return text, true
		}
		select {
		case r.lines <- strings.TrimSpace(string(line)):
		case <-r.quit:
			return nil, false
		}
		text = rest
	}
}

// pass hands on keys.
func (r *reader) pass(k *keys, typed []byte) bool {
	if len(typed) == 0 {
		return true
	}
	select {
	case k.typed <- bytes.Clone(typed):
	case <-k.done:
	case <-r.quit:
		return false
	}
	return true
}

// lend hands what is typed from now on to an action, until it is given back.
func (r *reader) lend() (typed <-chan []byte, back func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := &keys{typed: make(chan []byte), done: make(chan struct{})}
	if r.over {
		close(k.typed)
	}
	r.keys = k
	return k.typed, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		close(k.done)
		r.keys = nil
	}
}

// finish tells who waits for keys that none will come.
func (r *reader) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.keys != nil {
		close(r.keys.typed)
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
