package walk

import (
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
)

// CommsState is what is known of the updates to those who wait for news.
type CommsState struct {
	Every time.Duration // between two of them; 0 = not regularly
	Due   time.Time     // of the next one; zero = none is planned
	Last  time.Time     // when the last one was sent; zero = never
	Seq   uint64        // of the event that says so
	Sent  int           // how many were
}

// Overdue returns how long the next update has been due, 0 when it is not.
func (c CommsState) Overdue(now time.Time) time.Duration {
	if c.Due.IsZero() {
		return 0
	}
	return max(now.Sub(c.Due), 0)
}

// Comms returns what is known of the updates.
func (s State) Comms() CommsState { return s.comms }

// maxCommsInterval is far beyond any incident, and far below what overflows.
const maxCommsInterval = 30 * 24 * time.Hour

func decideComms(s State, cmd Command) ([]event.Event, error) {
	switch cmd := cmd.(type) {
	case PlanComms:
		if cmd.Every < 0 || cmd.After < 0 || cmd.Every > maxCommsInterval || cmd.After > maxCommsInterval {
			return refuse(CodeAnswerInvalid, "comms")
		}
		return []event.Event{s.make(event.CommsPlanned{
			EveryMS: cmd.Every.Milliseconds(), AfterMS: cmd.After.Milliseconds(),
		})}, nil
	case SendComms:
		if strings.TrimSpace(cmd.Text) == "" {
			return refuse(CodeAnswerInvalid, "comms")
		}
		return []event.Event{s.make(event.CommsSent{Text: cmd.Text})}, nil
	}
	return refuse(CodeNotNow, "")
}

func (c CommsState) apply(ev event.Event) CommsState {
	switch data := ev.Data.(type) {
	case event.CommsPlanned:
		c.Every, c.Due = time.Duration(data.EveryMS)*time.Millisecond, time.Time{}
		if data.AfterMS > 0 {
			c.Due = ev.At.Add(time.Duration(data.AfterMS) * time.Millisecond)
		}
	case event.CommsSent:
		c.Last, c.Seq, c.Due = ev.At, ev.Seq, time.Time{}
		c.Sent++
		if c.Every > 0 {
			c.Due = ev.At.Add(c.Every)
		}
	case event.RunEnded:
		c.Every, c.Due = 0, time.Time{}
	}
	return c
}
