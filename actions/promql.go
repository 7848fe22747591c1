package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// promqlExecutor asks Prometheus for the present value of a query.
type promqlExecutor struct {
	web     *web
	clock   Clock
	environ []string
}

var _ Executor = (*promqlExecutor)(nil)

// Preview implements Executor.
func (e *promqlExecutor) Preview(req Request) (Preview, error) {
	query, plan, g, err := e.plan(req)
	if err != nil {
		return Preview{}, g.err(err)
	}
	return g.preview(plan.queryPreview(req, query)), nil
}

func (e *promqlExecutor) plan(req Request) (string, httpPlan, guard, error) {
	g, err := newGuard(req)
	if err != nil {
		return "", httpPlan{}, g, err
	}
	v := values{req: req}
	query, plan, err := planQuery(v, address(req, e.environ, prometheusName))
	if err == nil {
		_, err = newControl(v, e.clock, g, nil, true)
	}
	return query, plan, g, err
}

// address returns the address of a service by its name: of the run, else of the
// process's environment.
func address(req Request, environ []string, name string) string {
	for _, from := range []map[string]string{req.Secrets, req.Env} {
		if value := from[name]; value != "" {
			return value
		}
	}
	value := lookupEnv(environ, name)
	return value
}

// Execute implements Executor.
func (e *promqlExecutor) Execute(ctx context.Context, req Request, sink Sink) Result {
	_, plan, g, err := e.plan(req)
	if err != nil {
		return refused(g, err)
	}
	control, err := newControl(values{req: req}, e.clock, g, sink, true)
	if err != nil {
		return refused(g, err)
	}
	return control.run(ctx, func(ctx context.Context) (Result, *observation) {
		return e.attempt(ctx, plan, sink)
	})
}

// attempt asks once and prints a line for each series.
func (e *promqlExecutor) attempt(ctx context.Context, plan httpPlan, sink Sink) (Result, *observation) {
	failed := func(status int, err error) (Result, *observation) {
		return Result{Outcome: OutcomeFailed, Status: status, Reason: fmt.Sprintf("%s: %v", plan.where(), err)}, nil
	}
	resp, err := e.web.send(ctx, plan)
	if err != nil {
		return Result{Outcome: OutcomeFailed, Reason: err.Error()}, nil
	}
	body, cut, err := resp.read(func([]byte) {})
	switch {
	case err != nil:
		return failed(resp.code, err)
	case cut:
		return failed(resp.code, errors.New("the answer is too long; ask for fewer series"))
	}
	samples, err := parseSamples(body)
	if err != nil {
		if resp.code/100 != 2 && errors.Is(err, errNoJSON) {
			err = fmt.Errorf("status %d", resp.code)
		}
		return failed(resp.code, err)
	}
	o := &observation{kind: runbooks.KindPromQL, status: resp.code, headers: resp.headers, body: body}
	for _, s := range samples {
		o.numbers = append(o.numbers, s.value)
		sink.Write(StreamOut, []byte(s.String()+"\n"))
	}
	if len(samples) == 0 {
		sink.Write(StreamInfo, []byte("no sample\n"))
	}
	return Result{Outcome: OutcomeOK, Status: resp.code}, o
}

// sample is the present value of one series.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

// String shows a sample as Prometheus's own tools do; a scalar is its number.
func (s sample) String() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(s.labels)) {
		pairs = append(pairs, name+"="+strconv.Quote(s.labels[name]))
	}
	series := s.name
	if len(pairs) > 0 {
		series += "{" + strings.Join(pairs, ",") + "}"
	}
	return strings.TrimSpace(series + " " + formatNumber(s.value))
}

// parseSamples reads an answer of the query API
// (https://prometheus.io/docs/prometheus/latest/querying/api/).
func parseSamples(body []byte) ([]sample, error) {
	var answer struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Data   struct {
			ResultType string          `json:"resultType"`
			Result     json.RawMessage `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, errNoJSON
	}
	if answer.Status != "success" {
		return nil, fmt.Errorf("the query failed: %s", answer.Error)
	}
	switch answer.Data.ResultType {
	case "scalar":
		var p point
		if err := json.Unmarshal(answer.Data.Result, &p); err != nil {
			return nil, err
		}
		return []sample{{value: p.value}}, nil
	case "vector":
		var series []struct {
			Metric map[string]string `json:"metric"`
			Value  point             `json:"value"`
		}
		if err := json.Unmarshal(answer.Data.Result, &series); err != nil {
			return nil, err
		}
		var samples []sample
		for _, s := range series {
			name := s.Metric["__name__"]
			delete(s.Metric, "__name__")
			samples = append(samples, sample{name: name, labels: s.Metric, value: s.Value.value})
		}
		return samples, nil
	}
	return nil, fmt.Errorf("the query returns a %s, not numbers of now; wrap it in a function such as rate(…)", answer.Data.ResultType)
}

// point is [time, "value"].
type point struct{ value float64 }

// UnmarshalJSON implements json.Unmarshaler.
func (p *point) UnmarshalJSON(data []byte) error {
	var at float64
	var text string
	if err := json.Unmarshal(data, &[]any{&at, &text}); err != nil {
		return fmt.Errorf("a sample is not a time and a number: %w", err)
	}
	var err error
	if p.value, err = strconv.ParseFloat(text, 64); err != nil {
		return fmt.Errorf("a sample is not a time and a number: %w", err)
	}
	return nil
}
