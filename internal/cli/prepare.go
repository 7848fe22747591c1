package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/auto"
	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/i18n"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sandbox"
	"genia.ai/bitacora/internal/secrets"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/internal/transcript"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// preparation is everything that a run needs before its first event, and what it
// owns afterwards.
type preparation struct {
	rb       *loaded
	plan     *walk.Plan
	printer  *i18n.Printer
	params   map[string]string
	answers  map[string]string
	scenario string
	dryRun   bool

	env     map[string]string
	hosts   []string
	found   []secrets.Found   // of the runbook's secrets
	secrets map[string]string // what of them is there
	masks   *redact.Set
	service *sandbox.Service // nil without --sandbox

	notes []string // for the briefing, beside what is found out here

	id   string
	dir  string
	lock *transcript.Lock // nil before start
	lost []event.LostVars // when the run goes on

	anchored func(transcript.Head) // nil when nobody is told
	session  *session.Session      // nil before start
}

// prepare checks everything that can be checked without recording or starting
// anything.
func (a *app) prepare(rb *loaded, flags runFlags, found []secrets.Found) (*preparation, error) {
	p := &preparation{
		rb: rb, plan: rb.plan(), printer: a.printer(rb.Lang),
		scenario: flags.scenario, dryRun: flags.dryRun,
	}
	var err error
	if p.params, err = pairs("param", flags.params); err != nil {
		return nil, err
	}
	p.takeBeside()
	if p.answers, err = pairs("answer", flags.answers); err != nil {
		return nil, err
	}
	if !flags.auto {
		if err := p.checkInteractive(); err != nil {
			return nil, err
		}
	}
	if flags.fault != "" && !flags.sandbox {
		return nil, wrongUse("error.fault-alone")
	}
	p.env, p.hosts = a.authorsEnv(rb.Runbook), rb.Hosts
	if err := p.keepSecrets(found); err != nil {
		return nil, err
	}
	if err = p.checkSecrets(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// takeBeside gives the parameters that no flag gives the values of the .ini file
// beside the runbook. What does not fit a parameter is left out: it is asked for.
func (p *preparation) takeBeside() {
	for _, name := range slices.Sorted(maps.Keys(p.rb.beside)) {
		param, known := p.plan.Param(name)
		if _, given := p.params[name]; !known || given || param.Check(p.rb.beside[name]) != nil {
			continue
		}
		if p.params == nil {
			p.params = map[string]string{}
		}
		p.params[name] = p.rb.beside[name]
	}
}

// provide starts what the run needs beside itself: the practice service.
func (p *preparation) provide(ctx context.Context, flags runFlags) error {
	if !flags.sandbox {
		return nil
	}
	if err := p.practise(ctx, flags); err != nil {
		return err
	}
	var err error
	if p.masks, err = redact.New(p.secrets); err != nil {
		return errors.Join(&usageError{err}, p.close())
	}
	return nil
}

// checkInteractive checks what the flags say when a person is asked for the rest.
// Answers and the scenario are what its questions start with.
func (p *preparation) checkInteractive() error {
	if p.scenario != "" && p.rb.Scenario(p.scenario) == nil {
		return wrongUse("error.no-scenario", "Given", p.scenario)
	}
	for _, name := range slices.Sorted(maps.Keys(p.answers)) {
		if action, _ := p.rb.Action(name); action == nil {
			return wrongUse("error.no-question", "Given", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.params)) {
		param, ok := p.plan.Param(name)
		if !ok {
			return wrongUse("error.no-param", "Given", name)
		}
		if err := param.Check(p.params[name]); err != nil {
			return wrongUse("error.param", "Detail", err)
		}
	}
	return nil
}

// authorsEnv is the front matter's env, each value replaced by the variable of
// the same name where the process has one.
func (a *app) authorsEnv(rb *runbooks.Runbook) map[string]string {
	env := maps.Clone(rb.Env)
	if env == nil {
		env = map[string]string{}
	}
	for name := range env {
		if value, ok := a.env(name); ok {
			env[name] = value
		}
	}
	return env
}

// adminToken is the secret that the practice service gives out.
const adminToken = "ADMIN_TOKEN"

// practise starts the practice service and puts it in the place of everything
// that the runbook names.
func (p *preparation) practise(ctx context.Context, flags runFlags) error {
	fault := flags.fault
	if fault == "" {
		fault = sandbox.FaultFor(flags.scenario, p.params["connector"])
	}
	service, err := sandbox.Start(ctx, sandbox.Options{Fault: fault})
	var unknown *sandbox.UnknownFaultError
	switch {
	case errors.As(err, &unknown):
		return &usageError{err}
	case err != nil:
		return fmt.Errorf("start the practice service: %w", err)
	}
	p.service = service
	p.env = service.Env()
	p.hosts = service.Hosts()
	if _, given := p.secrets[adminToken]; !given {
		p.secrets[adminToken] = service.Token()
	}
	return nil
}

func (p *preparation) autoOptions(a *app) auto.Options {
	return auto.Options{
		Params: p.params, Scenario: p.scenario, Answers: p.answers,
		Rehearsal: p.dryRun, Sandbox: p.service != nil, Section: p.rb.section, Env: p.envOfRun(),
		HasSecret: func(name string) bool { return p.secrets[name] != "" },
		Out:       a.out, Printer: p.printer,
	}
}

// start opens the transcript and records the first events of the run.
func (p *preparation) start(ctx context.Context, a *app, flags runFlags) error {
	store, err := a.store()
	if err != nil {
		return err
	}
	workDir, err := os.Getwd()
	if err != nil {
		return say("error.working-directory", "Detail", err)
	}
	if p.id, err = transcript.NewID(a.clock.Now(), p.rb.name, a.random); err != nil {
		return err
	}
	var network *transcript.NetworkFilesystemError
	if err := transcript.CheckFilesystem(store.Root); errors.As(err, &network) {
		return err
	}
	p.dir = store.Location(p.id, p.dryRun)
	writer, err := store.Create(p.id, p.dryRun, a.clock, p.rb.source)
	if err != nil {
		return &session.StorageError{Op: "create the transcript", Err: err}
	}
	if p.lock, err = a.takeLock(p.dir); err == nil {
		p.anchored, err = p.anchorLog(a)
	}
	if err != nil {
		return errors.Join(err, writer.Close())
	}
	// The session ends by close, not by a signal: what happened is still recorded.
	p.session = session.New(context.WithoutCancel(ctx), p.sessionOptions(a, writer, workDir))
	return p.open(ctx, a, flags)
}

// sessionOptions are what a session of the run works with.
func (p *preparation) sessionOptions(a *app, writer *transcript.Writer, workDir string) session.Options {
	registry := actions.Rehearsal()
	if !p.dryRun {
		registry = actions.Live(actions.LiveOptions{Environ: p.environOfActions()})
	}
	return session.Options{
		Anchored: p.anchored, Recorded: a.keepTrust,
		Plan: p.plan, Writer: writer, Registry: registry, Clock: a.clock, Random: a.random,
		Env: p.env, Hosts: p.hosts, Secrets: p.secrets, Redact: p.masks, Dir: workDir,
		Briefing: p.briefing(a),
	}
}

// open records who starts what, and the values that came with the command.
func (p *preparation) open(ctx context.Context, a *app, flags runFlags) error {
	for _, cmd := range p.commands(a, flags) {
		if _, err := p.session.Do(ctx, cmd); err != nil {
			return err
		}
	}
	return nil
}

// commands are what a run begins with.
func (p *preparation) commands(a *app, flags runFlags) []walk.Command {
	operator, host := config.Operator(a.env), config.Host()
	start := walk.Start{RunStarted: event.RunStarted{
		Run: p.id, Mode: modeOf(p.dryRun), Title: p.rb.Title, Path: p.origin(), SHA256: p.rb.Source.SHA256,
		Lang: p.printer.Lang(), Operator: operator, Host: host, Bitacora: programVersion(), Sandbox: p.service != nil,
		Section: p.rb.section, Env: p.envOfRun(),
	}}
	if flags.auto {
		return []walk.Command{start, walk.Join{ClientJoined: event.ClientJoined{
			Client: clientName(), FrontEnd: a.frontEnd(flags), Operator: operator, Host: host,
		}}}
	}
	return append([]walk.Command{start}, p.values()...)
}

// envOfRun is the runbook's env with the values that the run has: those are what its
// actions get, and what stands in its texts.
func (p *preparation) envOfRun() map[string]string {
	env := make(map[string]string, len(p.rb.Env))
	for name, value := range p.rb.Env {
		env[name] = value
		if given, ok := p.env[name]; ok {
			env[name] = given
		}
	}
	return env
}

// values are the values that are known before anybody is asked: those of the
// flags, and the declared defaults, which the briefing shows and lets one change.
func (p *preparation) values() []walk.Command {
	var commands []walk.Command
	for _, param := range p.rb.Params {
		if value, given := p.params[param.Name]; given {
			commands = append(commands, walk.SetParam{Name: param.Name, Value: value, Source: event.SourceFlag})
		} else if param.Default != "" && param.Check(param.Default) == nil {
			commands = append(commands, walk.SetParam{Name: param.Name, Value: param.Default, Source: event.SourceDefault})
		}
	}
	return commands
}

// clientName names this process in the record.
func clientName() string { return fmt.Sprintf("%s-%d", config.Host(), os.Getpid()) }

func (a *app) frontEnd(flags runFlags) string {
	switch {
	case flags.auto:
		return "auto"
	case flags.plain || !a.terminal():
		return "plain"
	}
	return "tui"
}

// briefing collects what the operator should know before the first step.
func (p *preparation) briefing(a *app) session.Briefing {
	b := session.Briefing{Run: p.id, Dir: p.dir, Trust: p.trust(a), Idle: config.Idle(a.env)}
	b.Notes = append(p.missing(a), p.notes...)
	if p.rb.section != "" {
		b.Notes = append(b.Notes, p.printer.T("cli.note.section", "Heading", p.rb.heading))
	}
	b.Secrets = p.secretFacts()
	for _, name := range p.rb.calls() {
		b.Tools = append(b.Tools, session.ToolFact{Name: name, Path: p.lookTool(name)})
	}
	if p.service != nil {
		b.Sandbox = p.service.URL()
		for _, note := range p.service.Notes() {
			b.Notes = append(b.Notes, p.printer.T("cli.note."+string(note.Kind), "Detail", note.Detail))
		}
	}
	if _, overdue := p.rb.ReviewOverdue(a.clock.Now(), p.rb.modified); overdue {
		b.Notes = append(b.Notes, p.printer.T("cli.note.review"))
	}
	return b
}

// missing warns of what a live run would only find out in the middle: secrets that
// are not there, and addresses that are still the runbook's own.
func (p *preparation) missing(a *app) []string {
	if p.dryRun || p.service != nil {
		return nil
	}
	var notes, missing, env []string
	for _, name := range p.rb.Secrets {
		if p.secrets[name] == "" {
			missing = append(missing, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.rb.Env)) {
		if _, set := a.env(name); !set {
			env = append(env, name+"="+p.rb.Env[name])
		}
	}
	if len(missing) > 0 {
		notes = append(notes, p.printer.T("cli.note.secrets", "Detail", strings.Join(missing, ", ")))
	}
	if len(env) > 0 {
		notes = append(notes, p.printer.T("cli.note.env", "Detail", strings.Join(env, ", ")))
	}
	return notes
}

// lookTool finds a command the way the runbook's scripts will find it.
func (p *preparation) lookTool(name string) string {
	path, ok := p.env["PATH"]
	if !ok {
		found, err := exec.LookPath(name)
		if err != nil {
			return ""
		}
		return found
	}
	for _, dir := range strings.Split(path, string(os.PathListSeparator)) {
		candidate := dir + string(os.PathSeparator) + name
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return candidate
		}
	}
	return ""
}

// close ends the session and the practice service.
func (p *preparation) close() error {
	var errs []error
	if p.session != nil {
		if err := p.session.Close(); err != nil {
			errs = append(errs, &session.StorageError{Op: "close", Err: err})
		}
	}
	if p.service != nil {
		errs = append(errs, p.service.Close())
	}
	if p.lock != nil {
		errs = append(errs, p.lock.Release())
	}
	return errors.Join(errs...)
}
