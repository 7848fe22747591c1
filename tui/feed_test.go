package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

// burst is a feed that hands out what it is given, then ends.
type burst struct {
	batches [][]session.Update
	end     error
	closed  bool
}

func (b *burst) Next(ctx context.Context) ([]session.Update, error) {
	if len(b.batches) == 0 {
		if b.end == nil {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return nil, b.end
	}
	next := b.batches[0]
	b.batches = b.batches[1:]
	return next, nil
}

func (b *burst) Close() { b.closed = true }

func TestPumpKeepsEveryEventAndTheLastOutput(t *testing.T) {
	feed := &burst{end: session.ErrClosed}
	line := strings.Repeat("x", 1023) + "\n"
	const lines = 3000
	for i := range lines {
		feed.batches = append(feed.batches, []session.Update{session.OutputPrinted{Action: "a", Text: line}})
		if i%100 == 0 {
			feed.batches = append(feed.batches, []session.Update{session.EventRecorded{Event: event.Event{Seq: uint64(i/100 + 1)}}})
		}
	}
	p := newPump()
	p.fill(t.Context(), feed)
	msg := p.take(t.Context())
	if msg == nil || !msg.ended || msg.err != nil || !feed.closed {
		t.Fatalf("after the end: %+v, closed %v", msg, feed.closed)
	}
	events, kept, dropped := 0, 0, 0
	for _, u := range msg.updates {
		switch u := u.(type) {
		case session.EventRecorded:
			if events++; u.Event.Seq != uint64(events) {
				t.Fatalf("event %d came as number %d", u.Event.Seq, events)
			}
		case session.OutputPrinted:
			kept += len(u.Text)
		case session.OutputDropped:
			dropped += int(u.Bytes)
		}
	}
	if events != lines/100 || kept > pendingOutput || kept+dropped != lines*len(line) {
		t.Fatalf("%d events, %d bytes kept, %d dropped", events, kept, dropped)
	}
}

func TestPumpTellsWhyItEnded(t *testing.T) {
	p := newPump()
	p.fill(t.Context(), &burst{end: errors.New("connection reset")})
	if msg := p.take(t.Context()); msg == nil || msg.err == nil || !msg.ended {
		t.Fatalf("%+v", msg)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if msg := newPump().take(ctx); msg != nil {
		t.Fatalf("after the context ended: %+v", msg)
	}
}

func TestUnfinishedEscape(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "a": false, "\x1b": true, "\x1b[": true, "\x1b[1;": true, "\x1b[A": false, "\x1bO": true, "\x1bOA": false,
		"\x1b[A\x1b": true, "\x1bx": false, "jj\x1b[": true, "\x1b[200~": false,
	} {
		if got := unfinished([]byte(text)); got != want {
			t.Errorf("unfinished(%q) = %v", text, got)
		}
	}
}
