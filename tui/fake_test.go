package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// fakeClient is a session in memory: it decides with the real state machine and
// keeps what it records. Actions end when finish is called.
type fakeClient struct {
	mu       sync.Mutex
	plan     *walk.Plan
	state    walk.State
	events   []event.Event
	updates  []session.Update
	signal   chan struct{}
	now      func() time.Time
	briefing session.Briefing
	broken   *session.StorageError
	previews int
	instant  string // how everything ends as soon as it runs, "" = when finish is called
	lands    []session.Fact
	badValue error
	secrets  map[string]string // as given
	terminal func(session.Screen) (session.Terminal, error)
}

func newFakeClient(rb *runbooks.Runbook, mode string, now func() time.Time) *fakeClient {
	return newFakeClientAt(rb, "", mode, now)
}

func newFakeClientAt(rb *runbooks.Runbook, section, mode string, now func() time.Time) *fakeClient {
	plan := walk.NewPlan(rb)
	c := &fakeClient{
		plan: plan, state: walk.New(plan), now: now, signal: make(chan struct{}, 1),
		briefing: session.Briefing{
			Run: "20261123T084600Z-cola-7f3a", Dir: "/var/lib/bitacora/runs/20261123T084600Z-cola-7f3a",
			Secrets: []session.SecretFact{{Name: "QUEUE_TOKEN", Present: true}, {Name: "MAIL_TOKEN", Present: true, Origin: session.SecretFromFile}},
			Tools:   []session.ToolFact{{Name: "git", Path: "/usr/bin/git"}, {Name: "npm"}},
			Notes:   []string{"npm no está instalado: un sustituto ejecuta los scripts."},
			Sandbox: "http://127.0.0.1:4100/",
		},
	}
	c.mustDo(walk.Start{RunStarted: event.RunStarted{
		Run: c.briefing.Run, Mode: mode, Title: rb.Title, Operator: "ana", Host: "guardia1", Sandbox: true, Section: section,
	}})
	return c
}

func (c *fakeClient) mustDo(cmd walk.Command) {
	if _, err := c.Do(context.Background(), cmd); err != nil {
		panic(err)
	}
}

func (c *fakeClient) Attach(context.Context) (*session.Attachment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.updates = nil
	return &session.Attachment{
		Plan: c.plan, Events: slices.Clone(c.events), Saved: c.saved(), Briefing: c.briefing, Feed: &fakeFeed{c: c},
	}, nil
}

func (c *fakeClient) saved() session.Saved {
	if n := len(c.events); n > 0 {
		return session.Saved{Seq: c.events[n-1].Seq, At: c.events[n-1].At}
	}
	return session.Saved{}
}

func (c *fakeClient) Do(_ context.Context, cmd walk.Command) (session.Ack, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return session.Ack{}, c.broken
	}
	events, err := walk.Decide(c.state, cmd)
	if err != nil {
		return session.Ack{}, err
	}
	c.record(events)
	if cancel, ok := cmd.(walk.Cancel); ok {
		c.ended(cancel.Action, event.Ending{Outcome: event.OutcomeCancelled, Signal: "SIGTERM"})
	}
	if running := c.state.Running; running != nil && c.instant != "" {
		exit := 3
		c.ended(running.Action, event.Ending{Outcome: c.instant, Exit: &exit})
	}
	return session.Ack{Seq: c.state.Seq, At: c.now(), Events: events}, nil
}

func (c *fakeClient) record(events []event.Event) {
	for _, ev := range events {
		ev.Seq, ev.At, ev.Actor = c.state.Seq+1, c.now().UTC(), "ana"
		c.state = walk.Apply(c.state, ev)
		c.events = append(c.events, ev)
		c.push(session.EventRecorded{Event: ev, Saved: session.Saved{Seq: ev.Seq, At: ev.At}})
	}
}

func (c *fakeClient) push(u session.Update) {
	c.updates = append(c.updates, u)
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// finish ends the running action with an outcome, after it printed something.
func (c *fakeClient) finish(outcome string, printed ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	running := c.state.Running
	if running == nil {
		return
	}
	for _, text := range printed {
		c.push(session.OutputPrinted{Action: running.Action, Stream: session.StreamOut, Text: text + "\n"})
	}
	exit, reason := 0, ""
	if outcome == event.OutcomeFailed {
		exit, reason = 3, "el servicio respondió «403 Forbidden»"
	}
	c.ended(running.Action, event.Ending{Outcome: outcome, Exit: &exit, DurationMS: 2300, Reason: reason})
}

func (c *fakeClient) ended(action string, ending event.Ending) {
	events, err := walk.Decide(c.state, walk.Ended{Action: action, Ending: ending})
	if err != nil {
		panic(err)
	}
	c.record(events)
}

func (c *fakeClient) Terminal(_ context.Context, screen session.Screen) (session.Terminal, error) {
	if c.terminal == nil {
		return nil, &walk.Refusal{Code: walk.CodeNotRunning}
	}
	return c.terminal(screen)
}

func (c *fakeClient) Preview(_ context.Context, action string) (session.Preview, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.previews++
	if c.badValue != nil {
		return session.Preview{}, &session.ValuesError{Action: action, Err: c.badValue}
	}
	if command, adhoc := strings.CutPrefix(action, session.AdhocPreview("")); adhoc {
		return session.Preview{Command: command, Where: "/srv/cola", Lands: c.lands}, nil
	}
	var code string
	var values []string
	for _, step := range c.plan.Steps() {
		for _, a := range c.state.StepActions(step.ID) {
			if id, _, _ := strings.Cut(action, "#"); a.ID != id {
				continue
			}
			code = c.plan.Part(action).Code
			for _, name := range a.Uses {
				if v, ok := c.state.Value(name); ok {
					values = append(values, name+"="+v.Text)
					code = strings.ReplaceAll(code, "{{"+name+"}}", v.Text)
				}
			}
		}
	}
	if code == "" {
		return session.Preview{}, errors.New("no such action")
	}
	return session.Preview{Command: code, Where: "/srv/cola", Values: values, Lands: c.lands}, nil
}

func (c *fakeClient) GiveSecret(_ context.Context, name, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(value) < 6 {
		return &session.SecretError{Name: name, Reason: session.SecretShort}
	}
	if c.secrets == nil {
		c.secrets = map[string]string{}
	}
	c.secrets[name] = value
	if missing := (&session.MissingSecretError{}); errors.As(c.badValue, &missing) && missing.Name == name {
		c.badValue = nil
	}
	return nil
}

// take hands out what has not been handed out.
func (c *fakeClient) take() []session.Update {
	c.mu.Lock()
	defer c.mu.Unlock()
	updates := c.updates
	c.updates = nil
	return updates
}

type fakeFeed struct {
	c      *fakeClient
	closed bool
}

func (f *fakeFeed) Next(ctx context.Context) ([]session.Update, error) {
	for {
		if updates := f.c.take(); len(updates) > 0 {
			return updates, nil
		}
		select {
		case <-f.c.signal:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *fakeFeed) Close() { f.closed = true }

// queueRunbook is a small runbook with everything the walk screen has to show.
func queueRunbook() *runbooks.Runbook {
	version := "v[0-9]+[.][0-9]+[.][0-9]+"
	rb := &runbooks.Runbook{
		Schema: runbooks.Schema, Title: "Restaurar la cola de pedidos", Lang: "es",
		Summary: "Qué hacer cuando la cola de pedidos deja de avanzar y los clientes no reciben confirmación.",
		Params: []runbooks.Param{
			{Name: "queue", Label: "Cola", Required: true, Pattern: "[a-z-]+", Example: "pedidos", Note: "La que aparece en la alerta."},
			{Name: "version", Label: "Versión", Required: true, Pattern: version, Example: "v1.4.2"},
			{Name: "ticket", Label: "Incidencia", Example: "INC-7"},
		},
		Secrets: []string{"QUEUE_TOKEN", "MAIL_TOKEN"},
		Roles:   []runbooks.Role{{ID: "coordinator", Title: "Coordinación"}, {ID: "communications", Title: "Comunicación", Holder: "luis"}},
		Scenarios: []runbooks.Scenario{
			{ID: "worker", Title: "Falla el consumidor", Condition: "La cola crece y el consumidor no procesa nada."},
			{ID: "broker", Title: "Falla el bróker", Condition: "Nadie puede publicar ni leer."},
		},
		Targets: map[runbooks.Phase]time.Duration{runbooks.PhaseIdentification: 5 * time.Minute, runbooks.PhaseExecution: time.Minute},
	}
	rb.Sequence = queueSteps()
	return rb
}

func queueSteps() []*runbooks.Step {
	alerts := &runbooks.Action{
		ID: "alerts", Name: "alerts", Kind: runbooks.KindHTTP, Effect: runbooks.EffectRead, Declared: true, Lang: "http",
		Code: "GET https://cola.example/api/alerts", SampleOutput: "{\"firing\": 3}", Caption: "Alertas activas:",
	}
	which := &runbooks.Action{
		ID: "which", Name: "which", Kind: runbooks.KindChoice, Caption: "¿Qué falla?",
		Options: []runbooks.Option{
			{Key: "worker", Label: "El consumidor", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "worker"}},
			{Key: "broker", Label: "El bróker", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "broker"}},
			{Key: "none", Label: "Nada: falsa alarma", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: "follow-up"}},
		},
	}
	stop := &runbooks.Action{
		ID: "stop", Name: "stop", Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true, Lang: "sh",
		Code: "systemctl stop consumidor@{{queue}}\n", Uses: []string{"queue"},
		Settings: runbooks.Settings{Undo: "start"},
	}
	start := &runbooks.Action{
		ID: "start", Name: "start", Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true, Lang: "sh",
		Code: "systemctl start consumidor@{{queue}}\n", Uses: []string{"queue"},
	}
	purge := &runbooks.Action{
		ID: "purge", Name: "purge", Kind: runbooks.KindShell, Effect: runbooks.EffectDestructive, Declared: true, Lang: "sh",
		Code: "colactl purge {{queue}} --dead-letters\n", Uses: []string{"queue"},
		Settings: runbooks.Settings{Target: "{{queue}}"},
	}
	ask := &runbooks.Action{
		ID: "ticket", Name: "ticket", Kind: runbooks.KindInput, Code: "¿Con qué incidencia se sigue?\n",
	}
	sure := &runbooks.Action{ID: "sure", Name: "sure", Kind: runbooks.KindConfirm, Code: "¿Está avisado el turno siguiente?\n"}
	return []*runbooks.Step{
		{
			ID: "1.1", Number: "1.", Text: "Comprobar las alertas de la cola {{queue}}", Phase: runbooks.PhaseIdentification,
			Heading: "Paso 1: Identificación", Actions: []*runbooks.Action{alerts},
			Body: "Mira si la alerta es **nueva** y qué dice el [panel](https://panel.example/cola). Si `firing` es 0, espera un minuto.",
		},
		{
			ID: "1.2", Number: "2.", Text: "Anotar desde cuándo se nota", Phase: runbooks.PhaseIdentification, Heading: "Paso 1: Identificación",
			Substeps: []*runbooks.Step{{ID: "1.2.1", Text: "en los pedidos"}, {ID: "1.2.2", Text: "en los correos de confirmación"}},
		},
		{ID: "2.1", Number: "1.", Text: "Decidir qué falla", Phase: runbooks.PhaseDecision, Role: "coordinator", Actions: []*runbooks.Action{which}},
		{
			ID: "3.1", Number: "1.", Text: "Parar el consumidor y limpiar los mensajes muertos", Phase: runbooks.PhaseExecution,
			Scenario: "worker", Heading: "Paso 3: Ejecución", Actions: []*runbooks.Action{stop, purge},
		},
		{
			ID: "3.2", Number: "2.", Text: "Arrancar el consumidor", Phase: runbooks.PhaseExecution,
			Scenario: "worker", Heading: "Paso 3: Ejecución", Actions: []*runbooks.Action{start},
		},
		{ID: "3.3", Number: "1.", Text: "Llamar al proveedor del bróker", Phase: runbooks.PhaseExecution, Scenario: "broker"},
		{ID: "4.1", Text: "Avisar a los clientes", Phase: runbooks.PhaseCommunication, Role: "communications"},
		{ID: "5.1", Text: "Abrir la incidencia", Phase: runbooks.PhaseFollowUp, Actions: []*runbooks.Action{ask, sure}},
	}
}
