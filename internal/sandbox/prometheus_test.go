package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// vector is the answer to an instant query, as the HTTP API of Prometheus documents it.
type vector struct {
	Status string
	Data   struct {
		ResultType string
		Result     []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
}

// matrix is the answer to a range query.
type matrix struct {
	Status string
	Data   struct {
		ResultType string
		Result     []struct {
			Metric map[string]string
			Values [][2]any
		}
	}
}

func (s *started) promql(query string) vector {
	s.t.Helper()
	return decodeJSON[vector](s.t, s.ok("GET", "/api/v1/query?query="+url.QueryEscape(query), ""))
}

// value is the only sample of a query.
func (s *started) value(query string) float64 {
	s.t.Helper()
	got := s.promql(query)
	if len(got.Data.Result) != 1 {
		s.t.Fatalf("%s: %d samples, want one", query, len(got.Data.Result))
	}
	value, err := strconv.ParseFloat(got.Data.Result[0].Value[1].(string), 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return value
}

func TestInstantQuery(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Fault: "facebook", Clock: clock.now})
	got := s.promql(`genia_connector_error_rate{connector="facebook"}`)
	if got.Status != "success" || got.Data.ResultType != "vector" || len(got.Data.Result) != 1 {
		t.Fatalf("%+v", got)
	}
	one := got.Data.Result[0]
	if one.Metric["__name__"] != "genia_connector_error_rate" || one.Metric["connector"] != "facebook" {
		t.Errorf("labels %v", one.Metric)
	}
	if seconds, is := one.Value[0].(float64); !is || seconds != float64(clock.now().Unix()) {
		t.Errorf("timestamp %v, want a number of seconds", one.Value[0])
	}
	if text, is := one.Value[1].(string); !is || text != "0.38" {
		t.Errorf("value %v, want the string 0.38", one.Value[1])
	}
	counts := map[string]int{
		`genia_connector_error_rate`:                                   6,
		`genia_connector_error_rate > 0.05`:                            1,
		`genia_connector_error_rate{connector!="facebook"}`:            5,
		`genia_connector_error_rate{connector=~"face.*|insta.*"}`:      2,
		`genia_connector_error_rate{connector!~"face.*", job="genia"}`: 5,
		`genia_connector_error_rate{connector='facebook'}`:             1,
		`genia_connector_error_rate{connector="face"}`:                 0,
		`genia_connector_error_rate{absent=""}`:                        6,
		`genia_executor_error_rate`:                                    1,
		`genia_panel_error_rate`:                                       1,
		`genia_build_info`:                                             8,
		`genia_build_info{component="connector",version="v1.5.0"}`:     6,
		`genia_build_info{component="panel",version="v1.4.2"}`:         0,
		`ALERTS{alertstate="firing"}`:                                  1,
		`ALERTS{alertname="GeniaPanelErrorRateHigh"}`:                  0,
		`max(genia_connector_error_rate{connector="nobody"})`:          0,
		`max(genia_connector_error_rate) > 0.9`:                        0,
		`up`:                                                           1,
		`unknown_metric`:                                               0,
	}
	for query, want := range counts {
		if got := s.promql(query); got.Data.Result == nil || len(got.Data.Result) != want {
			t.Errorf("%s: %d samples, want %d", query, len(got.Data.Result), want)
		}
	}
	values := map[string]float64{
		`max(genia_connector_error_rate)`: 0.38, `min(genia_connector_error_rate)`: 0.004,
		`count(genia_connector_error_rate)`: 6, `sum(genia_connector_enabled)`: 6,
		`avg(genia_connector_enabled) >= 1`: 1, `genia_readonly == 0`: 0, `genia_panel_open != 0`: 1, `up <= 1`: 1,
	}
	for query, want := range values {
		if got := s.value(query); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
}

func TestQueryByPostAndScalar(t *testing.T) {
	s := start(t, Options{})
	before := s.fingerprint()
	resp, err := client().PostForm(s.URL()+"/api/v1/query", url.Values{"query": {"up"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	if s.fingerprint() != before {
		t.Error("a query by POST counts as a change")
	}
	if got := s.ok("GET", "/api/v1/query?query=1.5&time=100", ""); !strings.Contains(got, `{"result":[100,"1.5"],"resultType":"scalar"}`) {
		t.Errorf("scalar: %s", got)
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	s := start(t, Options{})
	for _, path := range []string{
		"/api/v1/query",
		"/api/v1/query?query=" + url.QueryEscape(`rate(x[5m])`),
		"/api/v1/query?query=" + url.QueryEscape(`x{connector=facebook}`),
		"/api/v1/query?query=" + url.QueryEscape(`x{connector=~"("}`),
		"/api/v1/query?query=" + url.QueryEscape(`x{connector="a"`),
		"/api/v1/query?query=up&time=yesterday",
		"/api/v1/query?query=up&time=NaN",
		"/api/v1/query_range?query=up&start=0&end=10",
		"/api/v1/query_range?query=up&start=0&end=10&step=0",
		"/api/v1/query_range?query=up&start=10&end=0&step=1",
		"/api/v1/query_range?query=up&start=0&end=20000&step=1",
		"/api/v1/query_range?query=up&end=20000&step=1",
		"/api/v1/query_range?query=nonsense(&start=0&end=1&step=1",
	} {
		status, body := s.request("GET", path, "", "")
		got := decodeJSON[map[string]string](t, body)
		if status != http.StatusBadRequest || got["status"] != "error" || got["errorType"] != "bad_data" || got["error"] == "" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestRangeQueryShowsTheImpact(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Fault: "instagram", Clock: clock.now})
	now := clock.now()
	path := fmt.Sprintf("/api/v1/query_range?query=%s&start=%d&end=%s&step=60s",
		url.QueryEscape(`genia_connector_error_rate{connector="instagram"}`), now.Add(-15*time.Minute).Unix(), now.Format(time.RFC3339))
	got := decodeJSON[matrix](t, s.ok("GET", path, ""))
	if got.Status != "success" || got.Data.ResultType != "matrix" || len(got.Data.Result) != 1 {
		t.Fatalf("%+v", got)
	}
	values := got.Data.Result[0].Values
	if len(values) != 16 {
		t.Fatalf("%d points, want 16", len(values))
	}
	if values[0][1] != "0.004" || values[15][1] != "0.38" {
		t.Errorf("from %v to %v, want the rate to rise", values[0], values[15])
	}
	if scalar := decodeJSON[matrix](t, s.ok("GET", "/api/v1/query_range?query=2&start=0&end=2&step=1", "")); len(scalar.Data.Result[0].Values) != 3 {
		t.Errorf("%+v", scalar)
	}
}

func TestAlerts(t *testing.T) {
	clock := newFakeClock()
	for fault, want := range map[string]int{"panel": 1, "sendgrid": 1, "executor": 7} {
		s := start(t, Options{Fault: fault, Clock: clock.now})
		got := decodeJSON[struct {
			Status string
			Data   struct{ Alerts []alert }
		}](t, s.ok("GET", "/api/v1/alerts", ""))
		if got.Status != "success" || len(got.Data.Alerts) != want {
			t.Fatalf("%s: %d alerts, want %d", fault, len(got.Data.Alerts), want)
		}
		for _, a := range got.Data.Alerts {
			if a.State != "firing" || a.Labels["alertname"] == "" || a.Value != "3.8e-01" || a.Annotations["summary"] == "" {
				t.Errorf("%s: %+v", fault, a)
			}
			if !a.ActiveAt.Equal(clock.now().Add(-impactBefore)) {
				t.Errorf("%s: active since %v", fault, a.ActiveAt)
			}
		}
	}
}
