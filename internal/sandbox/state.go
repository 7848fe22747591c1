package sandbox

import (
	"fmt"
	"sync"
	"time"
)

// keptCalls bounds the journal of calls; the count goes on.
const keptCalls = 100

// Report is what a user says is wrong.
type Report struct {
	ID   int       `json:"id"`
	At   time.Time `json:"at"`
	User string    `json:"user"`
	Text string    `json:"text"`
}

// Notice is a message shown to users.
type Notice struct {
	ID       int       `json:"id"`
	At       time.Time `json:"at"`
	Audience string    `json:"audience"`
	Title    string    `json:"title"`
	Body     string    `json:"body"`
}

// StatusUpdate is an entry of the status page.
type StatusUpdate struct {
	At      time.Time `json:"at"`
	State   string    `json:"state"` // operational, degraded, maintenance or outage
	Message string    `json:"message"`
}

// call is a request that wanted to change something, refused ones included.
type call struct {
	At     time.Time
	What   string // method and path
	Status int
}

// state is everything that requests may change, except mail and files.
type state struct {
	mu         sync.Mutex
	disabled   map[string]bool // by connector name
	readOnly   bool
	panelShut  bool
	reports    []Report
	notices    []Notice
	status     []StatusUpdate // newest last, never empty
	calls      []call         // the last ones
	callsTotal int
}

func newState(fault string, start time.Time) *state {
	s := &state{disabled: map[string]bool{}}
	what := map[string]string{
		faultExecutor: "ninguna publicación sale, de ningún conector",
		faultPanel:    "el panel de administración no carga",
	}[fault]
	if what == "" {
		what = fmt.Sprintf("lo que envío por %s no se publica", fault)
	}
	for i, user := range []string{"marta", "julen", "irene"} {
		s.reports = append(s.reports, Report{
			ID: i + 1, At: start.Add(time.Duration(i-9) * time.Minute), User: user, Text: what,
		})
	}
	s.status = []StatusUpdate{{At: start.Add(-24 * time.Hour), State: "operational", Message: "Todo funciona con normalidad"}}
	return s
}

// record keeps a call in the journal.
func (s *state) record(c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callsTotal++
	s.calls = append(s.calls, c)
	if len(s.calls) > keptCalls {
		s.calls = append([]call(nil), s.calls[len(s.calls)-keptCalls:]...)
	}
}

// set changes the state under its lock.
func (s *state) set(do func(*state)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s)
}

// snapshot is a copy of the state that nobody changes.
type snapshot struct {
	Disabled   map[string]bool
	ReadOnly   bool
	PanelShut  bool
	Reports    []Report
	Notices    []Notice
	Status     []StatusUpdate
	Calls      []call
	CallsTotal int
}

func (s *state) snapshot() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := snapshot{
		Disabled: map[string]bool{}, ReadOnly: s.readOnly, PanelShut: s.panelShut,
		Reports: append([]Report{}, s.reports...), Notices: append([]Notice{}, s.notices...),
		Status: append([]StatusUpdate{}, s.status...), Calls: append([]call{}, s.calls...), CallsTotal: s.callsTotal,
	}
	for name, off := range s.disabled {
		copied.Disabled[name] = off
	}
	return copied
}
