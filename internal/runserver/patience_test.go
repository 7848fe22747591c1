package runserver

import (
	"testing"
	"time"
)

// TestTheFirstFrontEndIsWaitedFor: it started the server, and may take longer to come than
// a server that was left is kept.
func TestTheFirstFrontEndIsWaitedFor(t *testing.T) {
	s := &Server{opts: Options{Idle: time.Millisecond}}
	if got := s.patience(); got != firstIdle {
		t.Errorf("before anybody came it waits %s", got)
	}
	s.met = true
	if got := s.patience(); got != time.Millisecond {
		t.Errorf("then it waits %s", got)
	}
}
