package sandbox

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	// Threshold is the error rate, as a share of 1, above which an alert fires.
	Threshold = 0.05

	lowRate  = 0.004
	highRate = 0.38

	// impactBefore is how long before the start the fault began.
	impactBefore = 10 * time.Minute
)

var versionLine = regexp.MustCompile(`(?m)^export const version = "(v\d+\.\d+\.\d+)";\r?$`)

// change is a moment at which a part began to move towards another error rate.
type change struct {
	at       time.Time
	from, to float64
}

// served reads what is deployed and derives the error rates from it. The rates
// are those of synthetic probes, so a disabled part keeps being measured.
type served struct {
	staging string
	fault   string
	settle  time.Duration
	start   time.Time

	mu      sync.Mutex
	history map[string][]change // by part name, oldest first
}

func newServed(staging, fault string, settle time.Duration, start time.Time) *served {
	v := &served{staging: staging, fault: fault, settle: settle, start: start, history: map[string][]change{}}
	for _, p := range parts() {
		if v.target(p, v.version(p)) == highRate {
			v.history[p.name] = []change{{at: start.Add(-impactBefore), from: lowRate, to: highRate}}
		}
	}
	return v
}

// version reads the version that the deployed file of p declares, or "" when
// there is no such file or it declares none.
func (v *served) version(p part) string {
	// A deployment may remove the release between the two reads; the second
	// attempt then finds the new one.
	for range 2 {
		current, err := os.ReadFile(filepath.Join(v.staging, "current"))
		if err != nil {
			return ""
		}
		release := filepath.Base(strings.TrimSpace(string(current)))
		text, err := os.ReadFile(filepath.Join(v.staging, "releases", release, filepath.FromSlash(p.path)))
		if err != nil {
			continue
		}
		if match := versionLine.FindSubmatch(text); match != nil {
			return string(match[1])
		}
		return ""
	}
	return ""
}

// target is the error rate that p ends up with when it is served in version.
func (v *served) target(p part, version string) float64 {
	switch {
	case version == "":
		return highRate
	case p.name == v.fault && version != GoodVersion:
		return highRate
	case p.component == componentConnector && v.fault == faultExecutor && v.version(executorPart()) != GoodVersion:
		return highRate // every order goes through the executor
	}
	return lowRate
}

func executorPart() part {
	for _, p := range parts() {
		if p.component == componentExecutor {
			return p
		}
	}
	return part{}
}

// observe notices deployments: from now on the parts move towards the rates of
// what is served.
func (v *served) observe(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range parts() {
		target := v.target(p, v.version(p))
		past := v.history[p.name]
		last := lowRate
		if len(past) > 0 {
			last = past[len(past)-1].to
		}
		if target != last {
			v.history[p.name] = append(past, change{at: now, from: v.rateOf(past, now), to: target})
		}
	}
}

// rate is the error rate of p at a moment that is not after the last observation.
func (v *served) rate(p part, at time.Time) float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.rateOf(v.history[p.name], at)
}

func (v *served) rateOf(history []change, at time.Time) float64 {
	for i := len(history) - 1; i >= 0; i-- {
		c := history[i]
		if at.Before(c.at) {
			continue
		}
		done := min(1, float64(at.Sub(c.at))/float64(v.settle))
		return math.Round((c.from+(c.to-c.from)*done)*1e4) / 1e4
	}
	return lowRate
}

// failingSince tells since when the rate of p is above the threshold, as far as
// the last change says; ok is false when it is not above it.
func (v *served) failingSince(p part, now time.Time) (since time.Time, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	history := v.history[p.name]
	if v.rateOf(history, now) <= Threshold {
		return time.Time{}, false
	}
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].to == highRate {
			return history[i].at, true
		}
	}
	return v.start, true
}
