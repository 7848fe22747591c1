package actions

import (
	"context"
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
	control, err := newControl(values{req: req}, e.clock, g, sink, idempotent(plan.method))
	if err != nil {
		return refused(g, err)
	}
	return control.run(ctx, func(ctx context.Context) (Result, *observation) {
		return e.attempt(ctx, req, plan, sink)
	})
}

// idempotent reports whether sending a request twice does what sending it once
// does (RFC 9110, 9.2.2).
func idempotent(method string) bool { return method != "POST" && method != "PATCH" }

// attempt sends the request once.
func (e *httpExecutor) attempt(ctx context.Context, req Request, plan httpPlan, sink Sink) (Result, *observation) {
	resp, err := e.web.send(ctx, plan)
	if err != nil {
		reason := err.Error()
		if ctx.Err() != nil && req.Action.Effect != runbooks.EffectRead {
			reason = "the request may have been carried out all the same; check before sending it again"
		}
		return Result{Outcome: OutcomeFailed, Reason: reason}, nil
	}
	sink.Write(StreamOut, []byte(head(resp)))
	body, cut, err := resp.read(func(p []byte) { sink.Write(StreamOut, p) })
	if len(body) > 0 && body[len(body)-1] != '\n' {
		sink.Write(StreamOut, []byte("\n"))
	}
	if cut {
		sink.Write(StreamInfo, fmt.Appendf(nil, "the response is longer than %d KiB; the rest was not read\n", maxBody>>10))
	}
	r := Result{Outcome: OutcomeOK, Status: resp.code}
	if err != nil {
		r.Outcome, r.Reason = OutcomeFailed, fmt.Sprintf("%s: the response broke off: %v", plan.where(), err)
		return r, nil
	}
	if resp.code >= 300 && resp.code < 400 && resp.headers.Get("Location") != "" {
		sink.Write(StreamInfo, []byte("redirects are not followed; send the request to where it leads if that is meant\n"))
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
