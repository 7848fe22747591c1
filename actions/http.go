package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// httpExecutor sends HTTP requests.
type httpExecutor struct {
	web   *web
	clock Clock
}

var _ Executor = (*httpExecutor)(nil)

// Preview implements Executor.
func (e *httpExecutor) Preview(req Request) (Preview, error) {
	plan, g, err := e.plan(req)
	if err != nil {
		return Preview{}, g.err(err)
	}
	return g.preview(plan.preview(req)), nil
}

func (e *httpExecutor) plan(req Request) (httpPlan, guard, error) {
	g, err := newGuard(req)
	if err != nil {
		return httpPlan{}, g, err
	}
	v := values{req: req}
	plan, err := planHTTP(v)
	if err == nil {
		_, err = newControl(v, e.clock, g, nil, true)
	}
	return plan, g, err
}

// Execute implements Executor.
func (e *httpExecutor) Execute(ctx context.Context, req Request, sink Sink) Result {
	plan, g, err := e.plan(req)
	if err != nil {
		return refused(g, err)
	}
	control, err := newControl(values{req: req}, e.clock, g, sink, runbooks.Idempotent(plan.method))
	if err != nil {
		return refused(g, err)
	}
	if n := req.Action.Settings.Retries; n > 0 && !runbooks.Idempotent(plan.method) {
		control.say("its %d retries are not made: a %s is sent once", n, plan.method)
	}
	return control.run(ctx, func(ctx context.Context) (Result, *observation) {
		return e.attempt(ctx, req, plan, control)
	})
}

// maybeSent is said of a request that went out and was not answered.
const maybeSent = "the request may have been carried out all the same; check before sending it again"

// attempt sends the request once, and what redirects ask for as far as that is
// wanted.
func (e *httpExecutor) attempt(ctx context.Context, req Request, plan httpPlan, c *control) (Result, *observation) {
	for followed := 0; ; followed++ {
		resp, err := e.web.send(ctx, plan)
		if err != nil {
			reason := err.Error()
			var failed *sendError
			if errors.As(err, &failed) && failed.sent && req.Action.Effect != runbooks.EffectRead {
				reason += "; " + maybeSent
				if ctx.Err() != nil {
					reason = maybeSent
				}
			}
			return Result{Outcome: OutcomeFailed, Reason: reason}, nil
		}
		next, ok := e.follow(req, plan, resp, followed, c)
		if !ok {
			return e.take(req, plan, resp, c)
		}
		resp.drop()
		plan = next
	}
}

// follow decides about a redirect, and tells what it decided.
func (e *httpExecutor) follow(req Request, plan httpPlan, resp *response, followed int, c *control) (next httpPlan, ok bool) {
	location, wanted := resp.headers.Get("Location"), req.Action.Settings.Redirects
	switch {
	case location == "" || !redirects(resp.code):
		return httpPlan{}, false
	case wanted == 0:
		c.say("redirects are not followed; send the request to where it leads if that is meant, or ask for it with redirects=1")
		return httpPlan{}, false
	case followed == wanted:
		c.say("the redirect is not followed: %d were, and no more are asked for", followed)
		return httpPlan{}, false
	}
	next, bare, err := values{req: req}.redirected(plan, resp.code, location, c.guard)
	switch {
	case err != nil:
		c.say("the redirect is not followed: %v", err)
		return httpPlan{}, false
	case bare:
		c.say("status %d leads to another address: %s, sent without headers and body", resp.code, next.where())
	default:
		c.say("status %d leads to %s", resp.code, next.where())
	}
	return next, true
}

// take shows a response and keeps of it what conditions and captures look at.
func (e *httpExecutor) take(req Request, plan httpPlan, resp *response, c *control) (Result, *observation) {
	c.sink.Write(StreamOut, []byte(head(resp)))
	show := func(p []byte) { c.sink.Write(StreamOut, p) }
	asItComes := show
	laidOut := isJSON(resp.headers.Get("Content-Type"))
	if laidOut {
		asItComes = func([]byte) {}
	}
	body, cut, err := resp.read(asItComes)
	shown := body
	if laidOut && len(body) > 0 {
		if !cut && err == nil {
			shown = prettyJSON(body, c.guard)
		}
		show(shown)
	}
	if len(shown) > 0 && shown[len(shown)-1] != '\n' {
		show([]byte("\n"))
	}
	if cut {
		c.say("the response is longer than %d KiB; the rest was not read", maxBody>>10)
	}
	r := Result{Outcome: OutcomeOK, Status: resp.code}
	if err != nil {
		r.Outcome, r.Reason = OutcomeFailed, fmt.Sprintf("%s: the response broke off: %v", plan.where(), err)
		return r, nil
	}
	return r, &observation{kind: req.Action.Kind, status: resp.code, headers: resp.headers, body: body, cut: cut}
}

// shownHeaders are the response headers that say something to an operator, in
// the order in which they are shown.
func shownHeaders() []string {
	return []string{"Content-Type", "Location", "Retry-After", "Date", "Server", "Etag", "X-Request-Id", "Deprecation", "Warning"}
}

// head is the status line and what is shown of the headers.
func head(r *response) string {
	var b strings.Builder
	b.WriteString(r.status + "\n")
	for _, name := range shownHeaders() {
		for _, value := range r.headers[http.CanonicalHeaderKey(name)] {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}
