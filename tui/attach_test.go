package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/runserver/runservertest"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
)

// attached is a drive over a real run server: what happens comes through its feed.
type attached struct {
	*drive
	feed session.Feed
}

func attach(t *testing.T, client session.Client, watch bool) *attached {
	t.Helper()
	d := &attached{drive: &drive{t: t, now: time.Now()}}
	opts := Options{Client: client, Watch: watch, Printer: printer(t, "en")}
	d.beginWith(opts, 100, 30, func(feed session.Feed) { d.feed = feed })
	return d
}

// until takes in what happens until the screen shows a text.
func (d *attached) until(text string) *attached {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !strings.Contains(d.screen(), text) {
		updates, err := d.feed.Next(ctx)
		if ctx.Err() != nil {
			d.t.Fatalf("waited for %q:\n%s", text, d.screen())
		}
		d.send(updatesArrivedMsg{updates: updates, ended: err != nil})
		if err != nil && !strings.Contains(d.screen(), text) {
			d.t.Fatalf("the feed ended before %q:\n%s", text, d.screen())
		}
	}
	return d
}

// TestDetachAndComeBack leaves while an action runs: it goes on, and who comes
// back is told once how it ended, with what it printed in its place.
func TestDetachAndComeBack(t *testing.T) {
	h := runservertest.Host(t)
	client := h.Dial("ana", true)
	d := attach(t, client, false)
	d.press("enter")
	d.until("run act").press("enter")
	d.until("act is running")
	h.Print("first\n")
	d.until("  first").press("d")
	if r := d.a.outcome(); !d.a.quitting || r.Left != LeftDetached || r.Ended || d.a.failure(nil, nil) != nil {
		t.Fatalf("quitting %v, %+v", d.a.quitting, r)
	}
	_ = client.Close()
	h.AwaitLeft(1)
	h.Print("second, no end of line")
	h.Release(0)
	h.Await("the end of the action", func(s walk.State) bool { return s.Running == nil })

	d = attach(t, h.Dial("ana", true), false)
	d.see("While you were away", "act: ok · exit 0").press("enter").unseen("While you were away")
	d.until("second, no end of line")
	screen := d.screen()
	at := strings.Index(screen, "── Output")
	for _, text := range []string{"▶ act", "first", "second, no end of line", "ok · exit 0"} {
		next := strings.Index(screen[at:], text)
		if next < 0 || strings.Count(screen[at:], text) != 1 {
			t.Fatalf("%q is not once in the pane, in its place:\n%s", text, screen)
		}
		at += next
	}
	if again := attach(t, h.Dial("bea", false), true); again.a.dialog != nil {
		t.Errorf("who was never here is told of an absence:\n%s", again.screen())
	}
}

// TestComeBackToAStep shows who comes back, and who watches, what the step would
// run, before anything else happens.
func TestComeBackToAStep(t *testing.T) {
	h := runservertest.Host(t)
	client := h.Dial("ana", true)
	d := attach(t, client, false)
	d.press("enter")
	d.until("in /srv")
	_ = client.Close()
	h.AwaitLeft(1)
	attach(t, h.Dial("ana", true), false).see("in /srv")
	attach(t, h.Dial("bea", false), true).see("in /srv")
}

func TestTakenOver(t *testing.T) {
	h := runservertest.Host(t)
	ana := attach(t, h.Dial("ana", true), false)
	ana.press("enter")
	watcher := attach(t, h.Dial("eva", false), true)
	watcher.see("READ-ONLY. ana drives on h-ana since")
	bea := h.TakeOver("bea", "ana does not answer")
	ana.until("READ-ONLY: you no longer drive. bea drives on h-bea since").until("Why: ana does not answer")
	watcher.until("READ-ONLY. bea drives on h-bea since")
	for _, d := range []*attached{ana, watcher} {
		for _, o := range d.a.offers() {
			changes := drives(o.id) || o.id == keyDo
			if changes && o.why == "" {
				t.Errorf("%s works for who does not drive", o.id)
			}
			if (o.id == keyNote || o.id == keyTodo || o.id == keyMilestone || o.id == keyTimeline || o.id == keyLeave) && o.why != "" {
				t.Errorf("%s does not work: %s", o.id, o.why)
			}
		}
	}
	ana.press("enter").see("you no longer drive; bea does").press("s").see("you no longer drive")
	if _, err := bea.Do(t.Context(), walk.Run{Action: "act"}); err != nil {
		t.Fatal(err)
	}
	h.Print("live\n")
	ana.until("live")
	watcher.until("live").press("n").write("seen by eva")
	ana.press("t")
	ana.until("seen by eva").press("esc")
	ana.press("ctrl+c") // cancels nothing: it leaves
	if h.Release(0); ana.a.outcome().Left != LeftQuit || !ana.a.quitting {
		t.Errorf("left %q", ana.a.outcome().Left)
	}
	watcher.until("act: ok").press("q")
	if r := watcher.a.outcome(); r.Left != LeftQuit {
		t.Errorf("left %+v", r)
	}
}

// TestRefusalTellsOfATakeOver: who has not heard yet that somebody took over
// learns it from the refusal of the next command.
func TestRefusalTellsOfATakeOver(t *testing.T) {
	h := runservertest.Host(t)
	ana := attach(t, h.Dial("ana", true), false)
	h.TakeOver("bea", "")
	ana.press("enter").see("READ-ONLY: you no longer drive.", "h-bea")
	if ana.press("d"); ana.a.outcome().Left != LeftDetached {
		t.Errorf("left %q", ana.a.outcome().Left)
	}
}

func TestServerLost(t *testing.T) {
	h := runservertest.Host(t)
	d := attach(t, h.Dial("ana", true), false)
	d.press("enter").send(nil)
	d.until("run act")
	h.Stop()
	d.until("CONNECTION LOST. Saved up to #").see("bitacora resume " + runservertest.Run)
	d.press("enter").see("the connection to the run is lost").press("t").see("Timeline").press("esc")
	d.press("n").see("the connection to the run is lost").press("q")
	if r := d.a.outcome(); !d.a.quitting || r.Left != LeftLost || !errors.Is(d.a.failure(nil, nil), ErrLost) {
		t.Fatalf("%+v, %v", r, d.a.failure(nil, nil))
	}
	if text := d.a.farewell(); !strings.Contains(text, "connection to the run was lost") || !strings.Contains(text, "bitacora resume "+runservertest.Run) {
		t.Errorf("farewell %q", text)
	}
}

// recovered is a run whose server was lost in the middle of an action.
func recovered(t *testing.T, lang string, width, height int) *drive {
	d := newDrive(t, lang, event.ModeLive, width, height).toExecution()
	joined := event.ClientJoined{Client: "g1-7", FrontEnd: "tui", Operator: "ana", Host: "guardia1"}
	d.c.mu.Lock()
	events := d.c.events
	d.c.events, d.c.state = nil, walk.New(d.c.plan)
	d.c.record(append([]event.Event{events[0], {Kind: event.KindClientJoined, Data: joined}}, events[1:]...))
	d.c.mu.Unlock()
	d.c.mustDo(walk.Run{Action: "stop", Confirmed: true, Command: "systemctl stop consumidor@pedidos"})
	d.now = d.now.Add(3 * time.Minute)
	d.c.mu.Lock()
	lost := []event.LostVars{{Step: "1.1", Action: "alerts", Names: []string{"ALERTS"}}}
	d.c.record([]event.Event{{Kind: event.KindRecovered, Data: event.Recovered{Unknown: []string{"stop"}, Lost: lost}}})
	d.c.ended("stop", event.Ending{Outcome: event.OutcomeUnknown, Reason: "the run server ended while it ran"})
	joined.Client = "g1-8"
	d.c.record([]event.Event{{Kind: event.KindClientJoined, Data: joined}})
	d.c.mu.Unlock()
	again := &drive{t: t, c: d.c, now: d.now.Add(time.Second)}
	d.c.now = func() time.Time { return again.now }
	again.begin(Options{Client: d.c, Printer: printer(t, lang)}, width, height)
	return again
}

func TestLostServerAsksToCheck(t *testing.T) {
	d := recovered(t, "en", 100, 30)
	d.see("While you were away", "the run server was lost", "Not known how it ended: stop").press("enter")
	d.see("Nobody knows how stop ended. Check by hand", "› 1 It worked", "ALERTS (set by alerts in step 1.1)")
	started := d.recorded(event.KindActionStarted)
	d.press("enter").see("Then these are never").write("the consumer is down")
	if d.recorded(event.KindStepAccepted) != 1 || d.recorded(event.KindActionStarted) != started {
		t.Fatalf("not accepted, or something ran:\n%s", d.screen())
	}
	d = recovered(t, "en", 100, 30).press("enter", "j", "j", "j", "j", "j").see("› 6 Reopen the step that sets them: 1.").press("enter")
	d.see("▶ 1. Comprobar las alertas").press("enter").ends(event.OutcomeOK)
	if len(d.c.state.Lost()) != 0 {
		t.Errorf("still lost: %v", d.c.state.Lost())
	}
}

func TestLostVariablesAreOffered(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 100, 30).toExecution()
	lost := []event.LostVars{{Step: "1.1", Action: "alerts", Names: []string{"ALERTS"}}}
	d.c.mu.Lock()
	d.c.record([]event.Event{{Kind: event.KindRunPaused, Data: event.RunPaused{}}, {
		Kind: event.KindRunResumed, Data: event.RunResumed{Operator: "ana", Host: "guardia1", Lost: lost},
	}})
	d.c.mu.Unlock()
	again := &drive{t: t, c: d.c, now: d.now}
	again.begin(Options{Client: d.c, Printer: printer(t, "en")}, 100, 30)
	again.see("Variables are gone", "ALERTS (set by alerts in step 1.1)", "› 1 Go on without them").press("j", "enter")
	if again.recorded(event.KindStepReopened) != 1 {
		t.Fatalf("not reopened:\n%s", again.screen())
	}
}

func trusting(t *testing.T, lang, mode string, trust session.Trust, width, height int) *drive {
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), mode, func() time.Time { return d.now })
	d.c.briefing.Trust = trust
	d.begin(Options{Client: d.c, Printer: printer(t, lang)}, width, height)
	return d
}

func TestTrustIsAskedBeforeTheWalk(t *testing.T) {
	changed := session.Trust{State: session.TrustChanged, SHA256: strings.Repeat("ab", 32), Previous: strings.Repeat("cd", 32), Path: "/srv/cola.md"}
	d := trusting(t, "en", event.ModeLive, changed, 100, 30).see("! This text CHANGED since you last accepted it")
	d.press("enter").see("Run this text?", "cdcdcdcdcdcd… then, abababababab… now").hammer("y").see("Too soon").press("n")
	if d.recorded(event.KindRunbookTrusted)+d.recorded(event.KindStepStarted) != 0 {
		t.Fatalf("it was accepted, or began:\n%s", d.screen())
	}
	d.press("enter", "y").see("▶ 1. Comprobar")
	if d.c.state.Trusted != changed.SHA256 {
		t.Errorf("trusted %q", d.c.state.Trusted)
	}
	for _, known := range []session.Trust{{}, {State: session.TrustKnown, SHA256: "ab"}, {State: session.TrustShipped, SHA256: "ab"}} {
		trusting(t, "en", event.ModeLive, known, 100, 30).press("enter").see("▶ 1. Comprobar")
	}
	trusting(t, "en", event.ModeRehearsal, changed, 100, 30).unseen("CHANGED").press("enter").see("▶ 1. Comprobar")
}

// demoted lets somebody take the run over.
func (d *drive) demoted() *drive {
	d.c.mu.Lock()
	d.c.record([]event.Event{{Kind: event.KindClientJoined, Data: event.ClientJoined{Client: "g2-9", FrontEnd: "tui", Operator: "bea", Host: "guardia2"}},
		{Kind: event.KindDriverChanged, Data: event.DriverChanged{From: "ana", To: "bea", Reason: "ana no contesta"}}})
	d.c.push(session.Demoted{By: "bea", Host: "guardia2", Reason: "ana no contesta"})
	d.c.mu.Unlock()
	d.deliver()
	return d
}

// TestWhoWasTakenOverIsToldWhoDrives on leaving, and how to follow; who drives is told
// nothing of the kind, nor who leaves a run that has ended.
func TestWhoWasTakenOverIsToldWhoDrives(t *testing.T) {
	for _, key := range []string{"q", "d"} {
		d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution().demoted().press(key)
		want := "bea drives the run on guardia2 now. To follow it: bitacora watch 20261123T084600Z-cola-7f3a"
		if got := d.a.farewell(); got != want || d.a.outcome().Driven != want {
			t.Errorf("%s: told %q, want %q", key, got, want)
		}
	}
	d := newDrive(t, "en", event.ModeLive, 80, 24).toExecution().press("d")
	if got := d.a.farewell(); got != "" || d.a.outcome().Driven != "" {
		t.Errorf("who drives is told %q", got)
	}
	d = newDrive(t, "en", event.ModeLive, 80, 24).toExecution().demoted()
	d.c.mustDo(walk.End{Reason: "enough"})
	d.deliver()
	d.press("q")
	if got := d.a.farewell(); got != "" {
		t.Errorf("who leaves an ended run is told %q", got)
	}
}

// TestComingBackScreens are the screens of front ends that do not drive, or come back.
func TestComingBackScreens(t *testing.T) {
	lost := func(d *drive) *drive { d.send(updatesArrivedMsg{ended: true}); return d }
	demoted := func(d *drive) *drive { return d.demoted().press("s") }
	unknownText := session.Trust{State: session.TrustNew, SHA256: strings.Repeat("ab", 32), Path: "/srv/cola.md"}
	for name, play := range map[string]func(lang string, width, height int) *drive{
		"demoted": func(lang string, w, h int) *drive {
			return demoted(newDrive(t, lang, event.ModeLive, w, h).toExecution())
		},
		"lost": func(lang string, w, h int) *drive {
			return lost(newDrive(t, lang, event.ModeLive, w, h).toExecution().press("enter", "y"))
		},
		"away":    func(lang string, w, h int) *drive { return recovered(t, lang, w, h) },
		"unknown": func(lang string, w, h int) *drive { return recovered(t, lang, w, h).press("enter") },
		"trust":   func(lang string, w, h int) *drive { return trusting(t, lang, event.ModeLive, unknownText, w, h) },
		"trust-asked": func(lang string, w, h int) *drive {
			return trusting(t, lang, event.ModeLive, unknownText, w, h).press("enter")
		},
		"leave-running": func(lang string, w, h int) *drive {
			return newDrive(t, lang, event.ModeLive, w, h).toExecution().press("enter", "y", "q")
		},
	} {
		for _, lang := range []string{"es", "en"} {
			for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 15}} {
				file := name + "-" + lang + "-" + number(size[0]) + "x" + number(size[1])
				t.Run(file, func(t *testing.T) {
					d := play(lang, size[0], size[1])
					d.t = t
					d.fits()
					d.golden(file)
				})
			}
		}
	}
}
