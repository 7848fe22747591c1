package session

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "s3cr3t-t0ken-value"

// scripted is an executor whose actions do what the test says.
type scripted struct {
	run func(ctx context.Context, req actions.Request, sink actions.Sink) actions.Result
}

func (e scripted) Preview(req actions.Request) (actions.Preview, error) {
	return actions.Preview{Command: req.Action.Code + " " + req.Secrets["TOKEN"], Where: req.Dir}, nil
}

func (e scripted) Execute(ctx context.Context, req actions.Request, sink actions.Sink) actions.Result {
	return e.run(ctx, req, sink)
}

// clock goes on by one millisecond at every look.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}
func (c *clock) MonoMS() int64  { return c.Now().UnixMilli() % 1e6 }
func (c *clock) BootID() string { return "boot" }

func testPlan() *walk.Plan {
	return walk.NewPlan(&runbooks.Runbook{
		Params:  []runbooks.Param{{Name: "service", Required: true}, {Name: "free", FreeText: true}},
		Secrets: []string{"TOKEN", "OTHER"},
		Sequence: []*runbooks.Step{{ID: "3.1", Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{
			{ID: "act", Name: "act", Kind: runbooks.KindShell, Code: "do it", Effect: runbooks.EffectRead, Declared: true, Secrets: []string{"TOKEN"}},
			{ID: "args", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true, Uses: []string{"free"}, Settings: runbooks.Settings{Args: []string{"free"}}},
			{ID: "on/1", Name: "on", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true, Settings: runbooks.Settings{Undo: "off"}},
			{ID: "off/1", Name: "off", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true},
			{ID: "lacks", Kind: runbooks.KindShell, Effect: runbooks.EffectRead, Declared: true, Secrets: []string{"OTHER"}},
		}}},
	})
}

type fixture struct {
	*Session
	t   *testing.T
	dir string
}

func open(t *testing.T, disk transcript.Disk, run func(context.Context, actions.Request, actions.Sink) actions.Result) *fixture {
	t.Helper()
	return openPlan(t, disk, testPlan(), run)
}

func openPlan(t *testing.T, disk transcript.Disk, plan *walk.Plan, run func(context.Context, actions.Request, actions.Sink) actions.Result) *fixture {
	t.Helper()
	ticking := &clock{now: time.Date(2026, 11, 23, 8, 46, 0, 0, time.UTC)}
	dir := filepath.Join(t.TempDir(), "run")
	writer, err := transcript.Create(disk, dir, ticking, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"TOKEN": token}
	masks, err := redact.New(secrets)
	if err != nil {
		t.Fatal(err)
	}
	s := New(t.Context(), Options{
		Plan: plan, Writer: writer, Registry: actions.Registry{runbooks.KindShell: scripted{run}},
		Clock: ticking, Random: bytes.NewReader(make([]byte, 64)), Secrets: secrets, Redact: masks, Dir: "/work",
	})
	t.Cleanup(func() { _ = s.Close() }) // some tests break the disk on purpose
	f := &fixture{Session: s, t: t, dir: dir}
	return f
}

func (f *fixture) begin() {
	f.t.Helper()
	f.do(walk.Start{RunStarted: event.RunStarted{Run: "r", Mode: event.ModeLive, Operator: "ana"}})
	f.do(walk.Begin{})
}

func (f *fixture) do(cmd walk.Command) Ack {
	f.t.Helper()
	ack, err := f.Do(f.t.Context(), cmd)
	if err != nil {
		f.t.Fatalf("%T: %v", cmd, err)
	}
	return ack
}

// until reads the feed up to an event of the kind and returns all updates.
func until(t *testing.T, feed Feed, kind event.Kind) []Update {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var all []Update
	for {
		updates, err := feed.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v", kind, err)
		}
		all = append(all, updates...)
		for _, u := range updates {
			if r, ok := u.(EventRecorded); ok && r.Event.Kind == kind {
				return all
			}
		}
	}
}

func text(updates []Update) string {
	var b strings.Builder
	for _, u := range updates {
		if out, ok := u.(OutputPrinted); ok {
			b.WriteString(out.Text)
		}
	}
	return b.String()
}

func ok(context.Context, actions.Request, actions.Sink) actions.Result {
	return actions.Result{Outcome: actions.OutcomeOK}
}

func TestFrontEndStateIsReplayOfWhatItIsTold(t *testing.T) {
	f := open(t, transcript.OS{}, func(_ context.Context, _ actions.Request, sink actions.Sink) actions.Result {
		sink.Write(actions.StreamOut, []byte("hello\n"))
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	state := walk.Replay(at.Plan, at.Events)
	f.do(walk.Run{Action: "act"})
	updates := until(t, at.Feed, event.KindActionEnded)
	for _, u := range updates {
		if r, ok := u.(EventRecorded); ok {
			state = walk.Apply(state, r.Event)
			if r.Saved.Seq < r.Event.Seq {
				t.Errorf("event %d was shown when %d was saved", r.Event.Seq, r.Saved.Seq)
			}
		}
	}
	if got := text(updates); got != "hello\n" {
		t.Errorf("output = %q", got)
	}
	if !reflect.DeepEqual(state, f.State()) {
		t.Errorf("the front end's state differs from the session's")
	}
	onDisk, err := transcript.Read(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := walk.Replay(at.Plan, onDisk.Events); !reflect.DeepEqual(got, f.State()) {
		t.Errorf("the replay of the transcript differs from the session's state")
	}
}

// TestStartIsOnDiskBeforeTheActionRuns reads the transcript from inside the action.
func TestStartIsOnDiskBeforeTheActionRuns(t *testing.T) {
	var dir string
	seen := make(chan event.Kind, 1)
	f := open(t, transcript.OS{}, func(context.Context, actions.Request, actions.Sink) actions.Result {
		got, err := transcript.Read(dir)
		if err == nil {
			seen <- got.Events[len(got.Events)-1].Kind
		}
		close(seen)
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	dir = f.dir
	f.begin()
	f.do(walk.Run{Action: "act"})
	if kind := <-seen; kind != event.KindActionStarted {
		t.Errorf("while the action ran the last event on disk was %q", kind)
	}
}

func TestSecretsReachNeitherFilesNorFeed(t *testing.T) {
	f := open(t, transcript.OS{}, func(_ context.Context, req actions.Request, sink actions.Sink) actions.Result {
		secret := req.Secrets["TOKEN"]
		// A colour in the middle must not hide it: what strips comes before what masks.
		for _, c := range []byte("token " + secret + ", " + secret[:4] + "\x1b[31m" + secret[4:] + " and \x1b]52;c;AAAA\a done\n") {
			sink.Write(actions.StreamOut, []byte{c})
		}
		return actions.Result{
			Outcome: actions.OutcomeFailed, Reason: "refused " + token,
			Captured: map[string]string{"x": token},
		}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.WriteNote{Text: "we used " + token})
	f.do(walk.Run{Action: "act"})
	updates := until(t, at.Feed, event.KindActionEnded)
	if got, want := text(updates), "token [secret TOKEN], [secret TOKEN] and  done\n"; got != want {
		t.Errorf("output = %q, want %q", got, want)
	}
	for _, u := range updates {
		if r, ok := u.(EventRecorded); ok && strings.Contains(reflectText(r.Event.Data), token) {
			t.Errorf("%s holds the secret", r.Event.Kind)
		}
	}
	err = filepath.Walk(f.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(token)) || bytes.Contains(content, []byte("\x1b")) {
			t.Errorf("%s holds the secret or a control sequence", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func reflectText(data event.Data) string {
	ended, ok := data.(event.ActionEnded)
	if !ok {
		return ""
	}
	return ended.Reason + ended.Captured["x"]
}

func TestCancelEndsTheActionAndRecordsIt(t *testing.T) {
	f := open(t, transcript.OS{}, func(ctx context.Context, _ actions.Request, _ actions.Sink) actions.Result {
		<-ctx.Done()
		return actions.Result{Outcome: actions.OutcomeCancelled}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	f.do(walk.Cancel{Action: "act"})
	until(t, at.Feed, event.KindActionEnded)
	if got := f.State().Action("act").Ending.Outcome; got != event.OutcomeCancelled {
		t.Errorf("outcome = %q", got)
	}
}

func TestPanicInAnExecutorIsAFailure(t *testing.T) {
	f := open(t, transcript.OS{}, func(context.Context, actions.Request, actions.Sink) actions.Result {
		panic("with " + token)
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	until(t, at.Feed, event.KindActionEnded)
	ending := f.State().Action("act").Ending
	if ending.Outcome != event.OutcomeFailed || ending.Reason != "internal error: with [secret TOKEN]" {
		t.Errorf("ending = %+v", ending)
	}
}

func TestValuesAreRefusedWhereTheyCouldActAsCode(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	f.do(walk.SetParam{Name: "free", Value: "two words"})
	var values *ValuesError
	if _, err := f.Do(t.Context(), walk.Run{Action: "args"}); !errors.As(err, &values) {
		t.Errorf("free text as an argument: %v", err)
	}
	var missing *MissingSecretError
	if _, err := f.Do(t.Context(), walk.Run{Action: "lacks"}); !errors.As(err, &missing) || missing.Name != "OTHER" {
		t.Errorf("a missing secret: %v", err)
	}
	if f.State().Running != nil {
		t.Error("something runs")
	}
}

func TestPreviewMasksSecrets(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	preview, err := f.Preview(t.Context(), "act")
	if err != nil || preview.Command != "do it [secret TOKEN]" || preview.Where != "/work" {
		t.Errorf("Preview = %+v, %v", preview, err)
	}
}

// brokenDisk fails every sync once it is told to.
type brokenDisk struct {
	transcript.OS
	mu     sync.Mutex
	broken bool
}

type brokenFile struct {
	transcript.File
	disk *brokenDisk
}

func (d *brokenDisk) set(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

func (d *brokenDisk) Create(path string) (transcript.File, error) {
	file, err := d.OS.Create(path)
	return brokenFile{file, d}, err
}

func (f brokenFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.broken {
		return errors.New("input/output error")
	}
	return f.File.Sync()
}

// TestNoActionStartsAfterStorageFailed breaks one sync; the disk works again
// afterwards, and still nothing may start.
func TestNoActionStartsAfterStorageFailed(t *testing.T) {
	disk := &brokenDisk{}
	ran := false
	f := open(t, disk, func(context.Context, actions.Request, actions.Sink) actions.Result {
		ran = true
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	disk.set(true)
	var storage *StorageError
	if _, err := f.Do(t.Context(), walk.Run{Action: "act"}); !errors.As(err, &storage) {
		t.Fatalf("Do on a broken disk: %v", err)
	}
	disk.set(false)
	if _, err := f.Do(t.Context(), walk.Run{Action: "act"}); !errors.As(err, &storage) {
		t.Errorf("Do after a failed sync: %v", err)
	}
	if err := f.Close(); err == nil {
		t.Error("Close said nothing of the failure")
	}
	if ran {
		t.Error("the action ran although its start is not on disk")
	}
	updates, err := at.Feed.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := updates[0].(StorageFailed); !ok {
		t.Errorf("the front end was told %T", updates[0])
	}
}

func TestSlowFrontEndLosesOutputButNoEvent(t *testing.T) {
	line := bytes.Repeat([]byte("x"), 1023)
	line = append(line, '\n')
	f := open(t, transcript.OS{}, func(_ context.Context, _ actions.Request, sink actions.Sink) actions.Result {
		for range 3 << 10 {
			sink.Write(actions.StreamOut, line)
		}
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.do(walk.Run{Action: "act"})
	f.running.Wait() // nobody reads the feed meanwhile
	var shown, dropped int64
	var kinds []event.Kind
	updates, err := at.Feed.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range updates {
		switch u := u.(type) {
		case OutputPrinted:
			shown += int64(len(u.Text))
		case OutputDropped:
			dropped += u.Bytes
		case EventRecorded:
			kinds = append(kinds, u.Event.Kind)
		}
	}
	if shown > maxPending || shown+dropped != 3<<20 {
		t.Errorf("%d bytes were shown and %d dropped of %d", shown, dropped, 3<<20)
	}
	if len(kinds) != 2 || kinds[1] != event.KindActionEnded {
		t.Errorf("events = %v", kinds)
	}
	if got := f.State().Action("act").Ending.Bytes; got != 3<<20 {
		t.Errorf("%d bytes were kept", got)
	}
	at.Feed.Close()
}

// TestOutputBeyondTheLimitIsCountedAndSaid prints a little more than is kept of one
// action: the front end hears of it while the action runs.
func TestOutputBeyondTheLimitIsCountedAndSaid(t *testing.T) {
	chunk := bytes.Repeat([]byte("0123456789abcde\n"), 64<<10)
	heard := make(chan struct{})
	f := open(t, transcript.OS{}, func(_ context.Context, _ actions.Request, sink actions.Sink) actions.Result {
		for range maxOutput/len(chunk) + 3 {
			sink.Write(actions.StreamOut, chunk)
		}
		<-heard
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	for beyond := false; !beyond; {
		updates, err := at.Feed.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range updates {
			over, ok := u.(OutputBeyond)
			if beyond = beyond || ok; ok && (over.Action != "act" || over.Bytes < int64(len(chunk))) {
				t.Errorf("told %+v", over)
			}
		}
	}
	close(heard)
	f.running.Wait()
	ending := f.State().Action("act").Ending
	if ending.Bytes != maxOutput || ending.Dropped != int64(3*len(chunk)) {
		t.Errorf("%d bytes are kept and %d counted", ending.Bytes, ending.Dropped)
	}
}

func TestClosedSessionSaysSo(t *testing.T) {
	f := open(t, transcript.OS{}, ok)
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Do(t.Context(), walk.WriteNote{Text: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("Do after Close: %v", err)
	}
	if _, err := at.Feed.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Next after Close: %v", err)
	}
}

// TestEndIsRecordedAfterStorageFailed breaks the disk while an action runs, for a
// moment: its end is recorded in a new epoch, and nothing starts any more.
func TestEndIsRecordedAfterStorageFailed(t *testing.T) {
	disk := &brokenDisk{}
	release := make(chan struct{})
	f := open(t, disk, func(context.Context, actions.Request, actions.Sink) actions.Result {
		<-release
		return actions.Result{Outcome: actions.OutcomeOK}
	})
	f.begin()
	at, err := f.Attach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer at.Feed.Close()
	f.do(walk.Run{Action: "act"})
	disk.set(true)
	if _, err := f.Do(t.Context(), walk.WriteNote{Text: "lost"}); err == nil {
		t.Fatal("a note was acknowledged on a broken disk")
	}
	disk.set(false)
	close(release)
	f.running.Wait()
	if _, err := f.Do(t.Context(), walk.Run{Action: "args"}); err == nil {
		t.Error("an action started on a medium that failed")
	}
	got, err := transcript.Read(f.dir)
	if err != nil || got.Damage != nil {
		t.Fatalf("Read = %v, %v", err, got.Damage)
	}
	if f.State().Action("act").Ending.Outcome == event.OutcomeOK {
		last := got.Events[len(got.Events)-1]
		if last.Kind != event.KindActionEnded || last.Epoch < 2 {
			t.Errorf("the last event is %s in epoch %d", last.Kind, last.Epoch)
		}
	} else if f.Failed() == nil {
		t.Error("the end is neither recorded nor said to be lost")
	}
	for _, ev := range got.Events {
		if note, ok := ev.Data.(event.Note); ok {
			t.Errorf("the refused note is on record: %+v", note)
		}
	}
}
