package runserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
)

// helloLimit is how long a front end may take to introduce itself.
const helloLimit = 10 * time.Second

// Bounds of one frame: so many events of the past, so many bytes of output.
const (
	eventsPerFrame = 256
	bytesPerFrame  = 256 << 10
)

// peer is one front end, seen from the server.
type peer struct {
	server *Server
	link   *link
	hello  Hello
	feed   session.Feed // set under the server's mu
	relay  *relay       // into a terminal, of the goroutine that serves it; nil = none
}

// serve talks to a front end until one of both ends.
func (p *peer) serve(ctx context.Context) {
	defer p.server.unlink(p)
	defer p.link.conn.Close()
	reason, err := p.greet(ctx)
	if err != nil {
		_ = p.link.send(frame{V: protocol, Error: encodeError(err)}) // it is going anyway
		return
	}
	if reason == "" {
		reason = p.converse(ctx)
	}
	p.server.dismiss(p, reason)
}

// greet reads the hello and answers with everything that happened so far.
func (p *peer) greet(ctx context.Context) (left string, err error) {
	if err := p.link.conn.SetReadDeadline(time.Now().Add(helloLimit)); err != nil {
		return "", err
	}
	f, err := p.link.receive()
	switch {
	case err != nil:
		return "", err
	case f.Hello == nil:
		return "", errFrame
	case f.V != protocol:
		return "", fmt.Errorf("this run is served by another version of bitacora (protocol %d, yours is %d); use the same version", protocol, f.V)
	}
	p.hello = *f.Hello
	if err := p.link.conn.SetReadDeadline(time.Time{}); err != nil {
		return "", err
	}
	if p.hello.Guest {
		return "", p.link.send(frame{V: protocol, Attached: &attached{Path: p.server.opts.Path}})
	}
	at, err := p.server.admitPatiently(ctx, p)
	if err != nil {
		return "", err
	}
	if err := p.past(at); err != nil {
		at.Feed.Close()
		return lostReason(err), nil
	}
	return "", nil
}

// past sends what happened before the front end came.
func (p *peer) past(at *session.Attachment) error {
	reply := &attached{Events: len(at.Events), Path: p.server.opts.Path, Saved: at.Saved, Briefing: at.Briefing}
	if err := p.link.send(frame{V: protocol, Attached: reply}); err != nil {
		return err
	}
	for events := at.Events; len(events) > 0; {
		n := min(len(events), eventsPerFrame)
		lines, err := encodeEvents(events[:n])
		if err != nil {
			return err
		}
		if err := p.link.send(frame{Events: lines}); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

func encodeEvents(events []event.Event) ([]json.RawMessage, error) {
	lines := make([]json.RawMessage, len(events))
	for i, ev := range events {
		line, err := transcript.Line(ev)
		if err != nil {
			return nil, err
		}
		lines[i] = line
	}
	return lines, nil
}

// converse passes on updates and answers requests. It returns why it ended.
func (p *peer) converse(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var following sync.WaitGroup
	if p.feed != nil {
		following.Go(func() {
			p.follow(ctx)
			p.link.conn.Close()
		})
		defer following.Wait()
		defer p.feed.Close()
	}
	defer p.leaveTerminal()
	for {
		f, err := p.link.receive()
		if err == nil && f.Typed != nil {
			err = p.typed(f.ID, f.Typed)
		} else if err == nil {
			reply := p.answer(ctx, f)
			reply.ID = f.ID
			err = p.link.send(reply)
			if reply.Entered {
				go p.relay.run(p.link) // ends by leaveTerminal; behind the answer
			}
		}
		if f.Bye {
			return leftOnPurpose
		}
		if err != nil {
			return lostReason(err)
		}
	}
}

// leftOnPurpose is why a front end is gone that said so before.
const leftOnPurpose = "detached on purpose"

func lostReason(err error) string {
	if errors.Is(err, errFrame) {
		return err.Error()
	}
	return "the connection ended"
}

// answer carries out one request.
func (p *peer) answer(ctx context.Context, f frame) frame {
	switch {
	case f.Do != nil:
		return p.do(ctx, f.Do)
	case f.Preview != "":
		preview, err := p.server.opts.Session.Preview(ctx, f.Preview)
		if err != nil {
			return frame{Error: encodeError(err)}
		}
		return frame{Previewed: &preview}
	case f.Secret != nil:
		if err := p.server.entrust(ctx, p, f.Secret); err != nil {
			return frame{Error: encodeError(err)}
		}
		return frame{Ack: &ack{}}
	case f.Enter != nil:
		return p.enter(ctx, f.ID, *f.Enter)
	case f.Bye:
		return frame{Ack: &ack{}}
	}
	return frame{Error: encodeError(errFrame)}
}

func (p *peer) do(ctx context.Context, wire *command) frame {
	cmd, err := wire.decode()
	if err != nil {
		return frame{Error: encodeError(err)}
	}
	done, err := p.server.carryOut(ctx, p, cmd)
	if err != nil {
		return frame{Error: encodeError(err)}
	}
	lines, err := encodeEvents(done.Events)
	if err != nil {
		return frame{Error: encodeError(err)}
	}
	return frame{Ack: &ack{Saved: session.Saved{Seq: done.Seq, At: done.At}, Events: lines}}
}

// follow sends what happens, as it happens.
func (p *peer) follow(ctx context.Context) {
	for {
		updates, err := p.feed.Next(ctx)
		if err != nil {
			return
		}
		for len(updates) > 0 {
			var f frame
			f, updates = batch(updates)
			if err := p.link.send(f); err != nil {
				return
			}
		}
	}
}

// batch makes a frame of the first updates and returns the rest.
func batch(updates []session.Update) (frame, []session.Update) {
	var f frame
	bytes := 0
	for i, u := range updates {
		if bytes > bytesPerFrame {
			return f, updates[i:]
		}
		wire, size := encodeUpdate(u)
		bytes += size
		f.Updates = append(f.Updates, wire)
	}
	return f, nil
}

func encodeUpdate(u session.Update) (update, int) {
	switch u := u.(type) {
	case session.EventRecorded:
		line, err := transcript.Line(u.Event)
		if err != nil {
			return update{Failed: encodeError(&session.StorageError{Op: "send an event", Err: err})}, 0
		}
		return update{Event: line, Saved: &u.Saved}, len(line)
	case session.OutputPrinted:
		return update{Output: &u}, len(u.Text)
	case session.OutputDropped:
		return update{Dropped: &u}, 0
	case session.OutputBeyond:
		return update{Beyond: &u}, 0
	case session.StorageFailed:
		return update{Failed: encodeError(u.Err)}, 0
	case session.Demoted:
		return update{Demoted: &u}, 0
	}
	return update{}, 0
}

// demote tells a front end that it drives no longer. One that does not read finds
// out by its next command.
func (p *peer) demote(by Hello) {
	if queue, ok := p.feed.(*session.Queue); ok {
		queue.Put(session.Demoted{By: by.Operator, Host: by.Host, Reason: by.Reason})
	}
}
