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
	"time"

	"genia.ai/bitacora/runbooks"
)

// promqlExecutor asks Prometheus for the present value of a query, or for its
// values over a span of time.
type promqlExecutor struct {
	web     *web
	clock   Clock
	environ []string
}

var _ Executor = (*promqlExecutor)(nil)

// Preview implements Executor.
func (e *promqlExecutor) Preview(req Request) (Preview, error) {
	plan, g, err := e.plan(req)
	if err != nil {
		return Preview{}, g.err(err)
	}
	return g.preview(plan.queryPreview(req)), nil
}

func (e *promqlExecutor) plan(req Request) (queryPlan, guard, error) {
	g, err := newGuard(req)
	if err != nil {
		return queryPlan{}, g, err
	}
	v := values{req: req}
	plan, err := planQuery(v, address(req, e.environ, prometheusName))
	if err == nil {
		_, err = newControl(v, e.clock, g, nil, true)
	}
	return plan, g, err
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
	plan, g, err := e.plan(req)
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

// attempt asks once and prints a line for each series, or a chart.
func (e *promqlExecutor) attempt(ctx context.Context, plan queryPlan, sink Sink) (Result, *observation) {
	request, end := plan.request, e.clock.Now().Truncate(time.Millisecond)
	if plan.span.back > 0 {
		request = plan.span.ending(request, end)
	}
	failed := func(status int, err error) (Result, *observation) {
		return Result{Outcome: OutcomeFailed, Status: status, Reason: fmt.Sprintf("%s: %v", request.where(), err)}, nil
	}
	resp, err := e.web.send(ctx, request)
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
	printed, numbers, err := readAnswer(body, plan.span, end)
	if err != nil {
		if resp.code/100 != 2 && errors.Is(err, errNoJSON) {
			err = fmt.Errorf("status %d", resp.code)
		}
		return failed(resp.code, err)
	}
	if len(numbers) == 0 {
		sink.Write(StreamInfo, []byte("no sample\n"))
	}
	var all []byte
	for _, text := range printed {
		sink.Write(StreamOut, []byte(text+"\n"))
		all = append(all, text+"\n"...)
	}
	return Result{Outcome: OutcomeOK, Status: resp.code}, &observation{
		kind: runbooks.KindPromQL, status: resp.code, headers: resp.headers, body: body, output: all, numbers: numbers,
	}
}

// readAnswer returns what is printed of an answer, and the present value of each
// series: NaN for one that has none now.
func readAnswer(body []byte, s span, end time.Time) (printed []string, numbers []float64, err error) {
	a, err := parseAnswer(body)
	if err != nil {
		return nil, nil, err
	}
	if s.back == 0 {
		samples, err := a.samples()
		for _, one := range samples {
			printed, numbers = append(printed, one.String()), append(numbers, one.value)
		}
		return printed, numbers, err
	}
	if a.Data.ResultType != "matrix" {
		return nil, nil, fmt.Errorf("the query returns a %s, not series over time", a.Data.ResultType)
	}
	lines, err := parseLines(a.Data.Result, s, end)
	for i, one := range lines {
		if numbers = append(numbers, one.series.value); i < chartSeries {
			printed = append(printed, one.String(s, end))
		}
	}
	if more := len(lines) - chartSeries; more > 0 {
		printed = append(printed, fmt.Sprintf("and %d more series", more))
	}
	return printed, numbers, err
}

// sample is the present value of one series.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

func newSample(metric map[string]string, value float64) sample {
	name := metric["__name__"]
	delete(metric, "__name__")
	return sample{name: name, labels: metric, value: value}
}

// String shows a sample as Prometheus's own tools do; a scalar is its number.
func (s sample) String() string { return s.named(formatNumber(s.value)) }

// named is the name of the series, then a text.
func (s sample) named(text string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(s.labels)) {
		pairs = append(pairs, name+"="+strconv.Quote(s.labels[name]))
	}
	series := s.name
	if len(pairs) > 0 {
		series += "{" + strings.Join(pairs, ",") + "}"
	}
	return strings.TrimSpace(series + " " + text)
}

// answer is what the query API says
// (https://prometheus.io/docs/prometheus/latest/querying/api/).
type answer struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Data   struct {
		ResultType string          `json:"resultType"`
		Result     json.RawMessage `json:"result"`
	} `json:"data"`
}

func parseAnswer(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return a, errNoJSON
	}
	if a.Status != "success" {
		return a, fmt.Errorf("the query failed: %s", a.Error)
	}
	return a, nil
}

// samples reads the present values.
func (a answer) samples() ([]sample, error) {
	switch a.Data.ResultType {
	case "scalar":
		var p point
		if err := json.Unmarshal(a.Data.Result, &p); err != nil {
			return nil, err
		}
		return []sample{{value: p.value}}, nil
	case "vector":
		var series []struct {
			Metric map[string]string `json:"metric"`
			Value  point             `json:"value"`
		}
		if err := json.Unmarshal(a.Data.Result, &series); err != nil {
			return nil, err
		}
		var samples []sample
		for _, s := range series {
			samples = append(samples, newSample(s.Metric, s.Value.value))
		}
		return samples, nil
	}
	return nil, fmt.Errorf("the query returns a %s, not numbers of now; wrap it in a function such as rate(…)", a.Data.ResultType)
}

// point is [time, "value"].
type point struct {
	at    float64 // seconds since 1970
	value float64
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *point) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &[]any{&p.at, &text}); err != nil {
		return fmt.Errorf("a sample is not a time and a number: %w", err)
	}
	var err error
	if p.value, err = strconv.ParseFloat(text, 64); err != nil {
		return fmt.Errorf("a sample is not a time and a number: %w", err)
	}
	return nil
}
