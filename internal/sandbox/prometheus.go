package sandbox

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxPoints is the limit of points per series that Prometheus itself has.
const maxPoints = 11000

// sample is the value of one series at one moment.
type sample struct {
	labels map[string]string // __name__ included
	value  float64
}

// alert is a firing alert in the form of Prometheus' HTTP API.
type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"`
	ActiveAt    time.Time         `json:"activeAt"`
	Value       string            `json:"value"`
}

func (s *Service) prometheusRoutes(mux *http.ServeMux) {
	for _, method := range []string{"GET", "POST"} {
		mux.HandleFunc(method+" /api/v1/query", s.query)
		mux.HandleFunc(method+" /api/v1/query_range", s.queryRange)
	}
	mux.HandleFunc("GET /api/v1/alerts", func(w http.ResponseWriter, _ *http.Request) {
		promData(w, map[string]any{"alerts": s.alerts()})
	})
}

func promData(w http.ResponseWriter, data any) {
	answer(w, http.StatusOK, map[string]any{"status": "success", "data": data})
}

func promError(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadRequest, map[string]string{"status": "error", "errorType": "bad_data", "error": err.Error()})
}

// rateLabels names the error rate of p and gives its labels.
func rateLabels(p part) map[string]string {
	labels := map[string]string{
		"__name__": fmt.Sprintf("genia_%s_error_rate", p.component),
		"job":      "genia", "instance": "staging",
	}
	if p.component == componentConnector {
		labels["connector"] = p.name
	}
	return labels
}

// alerts lists what fires, in the order of the parts.
func (s *Service) alerts() []alert {
	names := map[component]string{
		componentConnector: "GeniaConnectorErrorRateHigh",
		componentExecutor:  "GeniaExecutorErrorRateHigh",
		componentPanel:     "GeniaPanelErrorRateHigh",
	}
	firing := []alert{}
	now := s.now()
	for _, p := range parts() {
		since, failing := s.served.failingSince(p, now)
		if !failing {
			continue
		}
		labels := rateLabels(p)
		delete(labels, "__name__")
		labels["alertname"], labels["severity"] = names[p.component], "critical"
		rate := s.served.rate(p, now)
		firing = append(firing, alert{
			Labels: labels,
			Annotations: map[string]string{
				"summary": fmt.Sprintf("%s: %.1f %% de errores (umbral %.0f %%)", p.name, rate*100, Threshold*100),
			},
			State: "firing", ActiveAt: since.UTC(), Value: strconv.FormatFloat(rate, 'e', -1, 64),
		})
	}
	return firing
}

// samples are all series at a moment. Error rates have a past; everything else
// is told as it is now.
func (s *Service) samples(at time.Time) []sample {
	var all []sample
	state := s.state.snapshot()
	for _, p := range parts() {
		all = append(all, sample{labels: rateLabels(p), value: s.served.rate(p, at)})

		build := rateLabels(p)
		build["__name__"], build["component"], build["version"] = "genia_build_info", string(p.component), s.served.version(p)
		all = append(all, sample{labels: build, value: 1})

		if p.component == componentConnector {
			enabled := rateLabels(p)
			enabled["__name__"] = "genia_connector_enabled"
			all = append(all, sample{labels: enabled, value: flag(!state.Disabled[p.name])})
		}
	}
	single := func(name string, on bool) sample {
		return sample{labels: map[string]string{"__name__": name, "job": "genia", "instance": "staging"}, value: flag(on)}
	}
	all = append(all, single("up", true), single("genia_readonly", state.ReadOnly), single("genia_panel_open", !state.PanelShut))
	for _, a := range s.alerts() {
		labels := map[string]string{"__name__": "ALERTS", "alertstate": a.State}
		for name, value := range a.Labels {
			labels[name] = value
		}
		all = append(all, sample{labels: labels, value: 1})
	}
	return all
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// point is [seconds, "value"], as Prometheus writes it.
func point(at time.Time, value float64) [2]any {
	return [2]any{float64(at.UnixMilli()) / 1000, strconv.FormatFloat(value, 'f', -1, 64)}
}

func (s *Service) query(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.FormValue("query"))
	if err != nil {
		promError(w, fmt.Errorf("invalid parameter \"query\": %w", err))
		return
	}
	at := s.now()
	if text := r.FormValue("time"); text != "" {
		if at, err = parseTime(text); err != nil {
			promError(w, fmt.Errorf("invalid parameter \"time\": %w", err))
			return
		}
	}
	if q.scalar != nil {
		promData(w, map[string]any{"resultType": "scalar", "result": point(at, *q.scalar)})
		return
	}
	result := []map[string]any{}
	for _, one := range q.apply(s.samples(at)) {
		result = append(result, map[string]any{"metric": one.labels, "value": point(at, one.value)})
	}
	promData(w, map[string]any{"resultType": "vector", "result": result})
}

func (s *Service) queryRange(w http.ResponseWriter, r *http.Request) {
	q, err := parseQuery(r.FormValue("query"))
	if err != nil {
		promError(w, fmt.Errorf("invalid parameter \"query\": %w", err))
		return
	}
	moments, err := rangeOf(r.FormValue("start"), r.FormValue("end"), r.FormValue("step"))
	if err != nil {
		promError(w, err)
		return
	}
	type series struct {
		Metric map[string]string `json:"metric"`
		Values [][2]any          `json:"values"`
	}
	found := []*series{}
	for _, at := range moments {
		kept := q.apply(s.samples(at))
		if q.scalar != nil {
			kept = []sample{{labels: map[string]string{}, value: *q.scalar}}
		}
		for _, one := range kept {
			i := slices.IndexFunc(found, func(have *series) bool { return sameLabels(have.Metric, one.labels) })
			if i < 0 {
				i, found = len(found), append(found, &series{Metric: one.labels})
			}
			found[i].Values = append(found[i].Values, point(at, one.value))
		}
	}
	promData(w, map[string]any{"resultType": "matrix", "result": found})
}

// rangeOf lists the moments of a range query.
func rangeOf(startText, endText, stepText string) ([]time.Time, error) {
	start, err := parseTime(startText)
	if err != nil {
		return nil, fmt.Errorf("invalid parameter \"start\": %w", err)
	}
	end, err := parseTime(endText)
	if err != nil {
		return nil, fmt.Errorf("invalid parameter \"end\": %w", err)
	}
	step, err := time.ParseDuration(stepText)
	if err != nil {
		seconds, floatErr := strconv.ParseFloat(stepText, 64)
		if floatErr != nil {
			return nil, fmt.Errorf("invalid parameter \"step\": %w", err)
		}
		step = time.Duration(seconds * float64(time.Second))
	}
	switch {
	case step <= 0:
		return nil, fmt.Errorf("invalid parameter \"step\": it must be above zero")
	case end.Before(start):
		return nil, fmt.Errorf("invalid parameter \"end\": it is before start")
	case end.Sub(start)/step >= maxPoints:
		return nil, fmt.Errorf("exceeded maximum resolution of %d points per series; use a larger step", maxPoints)
	}
	var moments []time.Time
	for at := start; !at.After(end); at = at.Add(step) {
		moments = append(moments, at)
	}
	return moments, nil
}

// parseTime reads Unix seconds or RFC 3339.
func parseTime(text string) (time.Time, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(seconds) < 1e11 {
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot parse %q to a valid timestamp", text)
	}
	return at, nil
}

func sameLabels(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		if other, has := b[name]; !has || other != value {
			return false
		}
	}
	return true
}
