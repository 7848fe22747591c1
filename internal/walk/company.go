package walk

import (
	"maps"
	"time"

	"genia.ai/bitacora/internal/event"
)

// FrontEndWatch is what a front end that only follows calls itself in the record.
const FrontEndWatch = "watch"

// Attached is a front end that is attached, as the record has it.
type Attached struct {
	Client, FrontEnd, Operator, Host string
	Since                            time.Time
}

// Company is who is attached to a run. The zero value is that of a run that
// nobody joined. Copies share memory that is never changed.
type Company struct {
	attached map[string]Attached
	driver   string // client
}

// Apply returns the company after the event.
func (c Company) Apply(ev event.Event) Company {
	switch data := ev.Data.(type) {
	case event.ClientJoined:
		c.attached = with(c.attached, data.Client, Attached{
			Client: data.Client, FrontEnd: data.FrontEnd, Operator: data.Operator, Host: data.Host, Since: ev.At,
		})
		if data.FrontEnd != FrontEndWatch {
			// Only one is let in to drive, and who took over comes last.
			c.driver = data.Client
		}
	case event.ClientLeft:
		c.attached = maps.Clone(c.attached)
		delete(c.attached, data.Client)
	case event.DriverChanged:
		if driver, ok := c.attached[c.driver]; ok {
			driver.Operator, driver.Since = data.To, ev.At
			c.attached = with(c.attached, c.driver, driver)
		}
	case event.Recovered, event.Superseded, event.RunPaused, event.RunReopened:
		return Company{} // the run server is gone, and everybody with it
	}
	return c
}

// Driver returns who drives, if anybody does.
func (c Company) Driver() (Attached, bool) {
	driver, ok := c.attached[c.driver]
	return driver, ok
}
