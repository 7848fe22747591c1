package runserver

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// TestServerEndsWhoeverIsConnected ends a server while a guest, and somebody who
// never said hello, hold on to their connections.
func TestServerEndsWhoeverIsConnected(t *testing.T) {
	h := host(t, 0)
	guest := h.hello("bea", false)
	guest.Guest = true
	h.dial(guest)
	mute, err := connect(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	h.stop()
	h.ends("somebody who does not go")
}

// ends waits for the end of the server.
func (h *hosted) ends(waitsFor string) {
	h.t.Helper()
	select {
	case err := <-h.served:
		if err != nil {
			h.t.Error(err)
		}
		h.served <- nil // for the cleanup
	case <-time.After(helloLimit / 2):
		h.t.Fatalf("the server waits for %s", waitsFor)
	}
}

// TestNobodyIsLetInAtTheEnd says hello on a connection that was open already when
// the server began to end.
func TestNobodyIsLetInAtTheEnd(t *testing.T) {
	h := host(t, 0)
	server := &Server{opts: Options{Session: h.session}, open: map[*peer]struct{}{}, gone: make(chan struct{}), changed: make(chan struct{}, 1)}
	if !server.retire(server.quiet) {
		t.Fatal("a server that nobody is attached to does not end")
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	p := &peer{server: server, link: newLink(a), hello: h.hello("ana", true)}
	if _, err := server.admit(t.Context(), p); !errors.Is(err, session.ErrClosed) {
		t.Errorf("admit = %v", err)
	}
}

// TestDriverStaysWhileItsCommandIsRecorded looks, while a driver's command is
// recorded, whether somebody could take over: the command would then be recorded
// behind the take-over.
func TestDriverStaysWhileItsCommandIsRecorded(t *testing.T) {
	h := host(t, 0)
	looked := false
	h.tell = func(ev event.Event) {
		if ev.Kind != event.KindSeveritySet {
			return
		}
		looked = true
		if h.server.mu.TryLock() {
			h.server.mu.Unlock()
			t.Error("the driver could be replaced while its command is recorded")
		}
	}
	ana := h.front(h.hello("ana", true))
	ana.do(walk.SetSeverity{Severity: "sev1"})
	if !looked {
		t.Error("nothing was recorded")
	}
}

// TestServerWhoseStorageFailedEnds lets the end of an action fail to be recorded:
// when its front end has left, another server can go on with the run.
func TestServerWhoseStorageFailedEnds(t *testing.T) {
	h := host(t, 0)
	f := h.front(h.hello("ana", true))
	f.do(walk.Begin{})
	f.do(walk.Run{Action: "act"})
	h.exec.print <- "it runs\n"                                                // and its output is open
	if err := errors.Join(h.writer.Close(), os.RemoveAll(h.dir)); err != nil { // no new epoch, either
		t.Fatal(err)
	}
	close(h.exec.release)
	f.until("the failure", func(u session.Update) bool {
		_, failed := u.(session.StorageFailed)
		return failed
	})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h.ends("an action that has ended")
}

// TestLeavingOnPurposeIsNoLostConnection leaves once with a word and once without.
func TestLeavingOnPurposeIsNoLostConnection(t *testing.T) {
	h := host(t, 0)
	ana := h.front(h.hello("ana", true))
	for _, test := range []struct {
		who    string
		leave  func(*Client) error
		reason string
	}{{"bea", (*Client).Leave, leftOnPurpose}, {"cai", (*Client).Close, "the connection ended"}} {
		if err := test.leave(h.dial(h.hello(test.who, false))); err != nil {
			t.Fatal(err)
		}
		ana.until("that "+test.who+" left", func(u session.Update) bool {
			r, ok := u.(session.EventRecorded)
			left, isLeft := r.Event.Data.(event.ClientLeft)
			gone := ok && isLeft && r.Event.Actor == test.who
			if gone && left.Reason != test.reason {
				t.Errorf("%s left because %q, want %q", test.who, left.Reason, test.reason)
			}
			return gone
		})
	}
}
