package actions

import (
	"context"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// Rehearsal returns executors that touch nothing: they are other types than the
// live ones and hold nothing that could. What they print is the sample output
// that the runbook gives.
func Rehearsal() Registry {
	return Registry{
		runbooks.KindShell:  rehearsedShell{},
		runbooks.KindHTTP:   rehearsedHTTP{},
		runbooks.KindPromQL: rehearsedQuery{},
		runbooks.KindMail:   rehearsedMail{},
	}
}

// The executors of a rehearsal. They have no fields: a preview comes from the
// request alone.
type (
	rehearsedShell struct{}
	rehearsedHTTP  struct{}
	rehearsedQuery struct{}
	rehearsedMail  struct{}
)

var (
	_ Executor = rehearsedShell{}
	_ Executor = rehearsedHTTP{}
	_ Executor = rehearsedQuery{}
	_ Executor = rehearsedMail{}
)

// Preview implements Executor.
func (rehearsedShell) Preview(req Request) (Preview, error) {
	plan, err := planShell(values{req: req, invent: true})
	if err != nil {
		return Preview{}, rehearsalGuard(req).err(err)
	}
	return rehearsalGuard(req).preview(plan.preview(req)), nil
}

// Preview implements Executor.
func (rehearsedHTTP) Preview(req Request) (Preview, error) {
	plan, err := planHTTP(values{req: req, invent: true})
	if err != nil {
		return Preview{}, rehearsalGuard(req).err(err)
	}
	return rehearsalGuard(req).preview(plan.preview(req)), nil
}

// Preview implements Executor.
func (rehearsedQuery) Preview(req Request) (Preview, error) {
	plan, err := planQuery(values{req: req, invent: true}, req.Env[prometheusName])
	if err != nil {
		return Preview{}, rehearsalGuard(req).err(err)
	}
	return rehearsalGuard(req).preview(plan.queryPreview(req)), nil
}

// Preview implements Executor.
func (rehearsedMail) Preview(req Request) (Preview, error) {
	plan, err := planMail(values{req: req, invent: true}, req.Env[smtpName], req.Env[senderName])
	if err != nil {
		return Preview{}, rehearsalGuard(req).err(err)
	}
	return rehearsalGuard(req).preview(plan.preview(req)), nil
}

// Execute implements Executor.
func (rehearsedShell) Execute(ctx context.Context, req Request, sink Sink) Result {
	return rehearse(ctx, req, sink)
}

// Execute implements Executor.
func (rehearsedHTTP) Execute(ctx context.Context, req Request, sink Sink) Result {
	return rehearse(ctx, req, sink)
}

// Execute implements Executor.
func (rehearsedQuery) Execute(ctx context.Context, req Request, sink Sink) Result {
	return rehearse(ctx, req, sink)
}

// Execute implements Executor.
func (rehearsedMail) Execute(ctx context.Context, req Request, sink Sink) Result {
	return rehearse(ctx, req, sink)
}

// rehearsalGuard masks the secrets that there are. A rehearsal may have none, or
// invented ones.
func rehearsalGuard(req Request) guard {
	g, err := newGuard(req)
	if err != nil {
		return guard{}
	}
	return g
}

// rehearse prints the sample output and keeps of it what the action would keep;
// what it does not hold is called <name>, so that everybody sees it is invented.
func rehearse(ctx context.Context, req Request, sink Sink) Result {
	if ctx.Err() != nil {
		return Result{Outcome: OutcomeCancelled, Reason: "it was cancelled"}
	}
	sample := req.Action.SampleOutput
	if sample != "" {
		sink.Write(StreamOut, []byte(strings.TrimSuffix(sample, "\n")+"\n"))
	}
	r := Result{Outcome: OutcomeSimulated, Attempts: 1}
	o := sampleObservation(req.Action.Kind, sample)
	for _, c := range req.Action.Settings.Capture {
		value, err := captureOne(c, o)
		if err != nil || checkCaptured(value) != nil {
			value = "<" + c.Name + ">"
		}
		if r.Captured == nil {
			r.Captured = map[string]string{}
		}
		r.Captured[c.Name] = value
	}
	return r
}

// sampleObservation takes a sample for the body of a response. The sample of an
// http action may begin with a status line and headers, as its output does.
func sampleObservation(kind runbooks.Kind, sample string) *observation {
	body := sample
	if kind == runbooks.KindHTTP && strings.HasPrefix(sample, "HTTP/") {
		_, body, _ = strings.Cut(strings.ReplaceAll(sample, "\r\n", "\n"), "\n\n")
	}
	return &observation{kind: kind, body: []byte(body), output: []byte(sample)}
}
