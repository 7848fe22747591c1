package actions

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is shown of a range.
const (
	chartColumns = 60 // of one chart
	chartSeries  = 20 // the others are counted
)

// span is the time that a range query looks back over. The zero value asks for the
// present value alone.
type span struct {
	back, step time.Duration
}

// newSpan returns what is asked for, with at most one sample a column where no
// step is given.
func newSpan(back, step time.Duration) span {
	if back > 0 && step == 0 {
		step = (back/(chartColumns-1) + time.Second - 1).Truncate(time.Second)
		step = min(step, back)
	}
	return span{back: back, step: step}
}

// steps is how many of its steps fit into the span.
func (s span) steps() int { return int(s.back / s.step) }

// note says in a comment of PromQL what the query is asked over.
func (s span) note() string {
	if s.back == 0 {
		return ""
	}
	return fmt.Sprintf("\n# range %s, step %s", s.back, s.step)
}

// ending returns the request for the span that ends at now, so that the last
// sample is that of now.
func (s span) ending(p httpPlan, now time.Time) httpPlan {
	at := func(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64) }
	u := *p.url
	u.RawQuery += "&start=" + at(now.Add(-time.Duration(s.steps())*s.step)) + "&end=" + at(now) + "&step=" + strconv.FormatFloat(s.step.Seconds(), 'f', -1, 64)
	p.url = &u
	return p
}

// path is where Prometheus answers such queries.
func (s span) path() string {
	if s.back == 0 {
		return "/api/v1/query"
	}
	return "/api/v1/query_range"
}

// line is one series over a span: a value for each step, NaN where there is none.
type line struct {
	series sample // its value is that of the end of the span
	values []float64
}

// parseLines reads the matrix that a range query returns.
func parseLines(raw json.RawMessage, s span, end time.Time) ([]line, error) {
	var matrix []struct {
		Metric map[string]string `json:"metric"`
		Values []point           `json:"values"`
	}
	if err := json.Unmarshal(raw, &matrix); err != nil {
		return nil, err
	}
	start := end.Add(-time.Duration(s.steps()) * s.step)
	var lines []line
	for _, m := range matrix {
		values := make([]float64, s.steps()+1)
		for i := range values {
			values[i] = math.NaN()
		}
		for _, p := range m.Values {
			since := time.Duration(p.at*float64(time.Second)) - time.Duration(start.UnixMilli())*time.Millisecond
			if i := int(math.Round(float64(since) / float64(s.step))); i >= 0 && i < len(values) {
				values[i] = p.value
			}
		}
		lines = append(lines, line{series: newSample(m.Metric, values[len(values)-1]), values: values})
	}
	return lines, nil
}

// String draws a series: its present value, a chart, and its numbers.
func (l line) String(s span, end time.Time) string {
	var known []float64
	for _, v := range l.values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	if len(known) == 0 {
		return l.series.named("no sample")
	}
	last := "no sample now"
	if v := l.series.value; !math.IsNaN(v) {
		last = formatNumber(v)
	}
	sum := 0.0
	for _, v := range known {
		sum += v
	}
	from := end.Add(-time.Duration(s.steps()) * s.step)
	return l.series.named(last) + "\n  " + drawn(l.values) +
		fmt.Sprintf("\n  min %s  max %s  mean %s  last %s  (%d samples, %s to %s UTC)", formatNumber(slices.Min(known)), formatNumber(slices.Max(known)),
			strconv.FormatFloat(sum/float64(len(known)), 'g', 4, 64), last, len(known), from.UTC().Format(time.TimeOnly), end.UTC().Format(time.TimeOnly))
}

// drawn is a chart of one row of block characters: the lowest value is the lowest
// block, the highest the highest, what never changes a middle one, a column without
// a sample a dot. Where several samples share a column the highest is drawn, so that
// no peak is lost.
func drawn(values []float64) string {
	columns := make([]float64, min(len(values), chartColumns))
	for i := range columns {
		columns[i] = math.NaN()
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
		c := i * len(columns) / len(values)
		if math.IsNaN(columns[c]) || v > columns[c] {
			columns[c] = v
		}
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range columns {
		switch {
		case math.IsNaN(v):
			b.WriteRune('·')
		case math.IsInf(v, 1):
			b.WriteRune(blocks[len(blocks)-1])
		case math.IsInf(v, -1):
			b.WriteRune(blocks[0])
		case high == low:
			b.WriteRune(blocks[len(blocks)/2-1])
		default:
			// Each divided by itself, because the difference may be beyond all numbers.
			share := (v/2 - low/2) / (high/2 - low/2)
			b.WriteRune(blocks[int(math.Round(share*float64(len(blocks)-1)))])
		}
	}
	return b.String()
}

// queryURL adds a query to the address of Prometheus.
func (s span) queryURL(base *url.URL, query string) *url.URL {
	u := base.JoinPath(s.path())
	encoded, _ := encodeQuery("", query) // it refuses nothing
	u.RawQuery = "query=" + encoded
	return u
}
