package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	logInterval = 30 * time.Second // between two lines of one failing part
	keptLines   = 20
)

// statusStates are what the status page may say.
func statusStates() []string { return []string{"operational", "degraded", "maintenance", "outage"} }

func (s *Service) newsRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /logs/errors", s.showErrorLog)
	mux.HandleFunc("GET /reports", s.showReports)
	mux.HandleFunc("POST /reports", s.addReport) // users have no admin token
	mux.HandleFunc("GET /notices", s.showNotices)
	mux.HandleFunc("POST /notices", s.authorised(s.addNotice))
	mux.HandleFunc("GET /status", s.showStatus)
	mux.HandleFunc("POST /status", s.authorised(s.addStatus))
	mux.HandleFunc("GET /mail", s.showMail)
}

// errorLog is the last lines of the error log, oldest first. A part writes one
// every logInterval while its error rate is above the threshold.
func (s *Service) errorLog() []string {
	now := s.now()
	type line struct {
		at   time.Time
		text string
	}
	var lines []line
	for _, p := range parts() {
		since, failing := s.served.failingSince(p, now)
		if !failing {
			continue
		}
		version := s.served.version(p)
		cause := p.symptom(version)
		if executor := s.served.version(executorPart()); p.component == componentConnector && s.fault == faultExecutor {
			cause = "order not delivered: " + executorPart().symptom(executor)
		}
		for i := range keptLines {
			at := now.Truncate(logInterval).Add(-time.Duration(i) * logInterval)
			if at.Before(since) {
				break
			}
			lines = append(lines, line{at, fmt.Sprintf("ERROR %s %s %s", p.name, onOff(version == "", "-", version), cause)})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	lines = lines[max(0, len(lines)-keptLines):]
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.at.UTC().Format(time.RFC3339)+" "+l.text)
	}
	return texts
}

func (s *Service) showErrorLog(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	lines := s.errorLog()
	if len(lines) == 0 {
		lines = []string{"no errors"}
	}
	_, _ = fmt.Fprintln(w, strings.Join(lines, "\n"))
}

func (s *Service) showReports(w http.ResponseWriter, _ *http.Request) {
	reports := s.state.snapshot().Reports
	answer(w, http.StatusOK, map[string]any{"total": len(reports), "reports": reports})
}

func (s *Service) addReport(w http.ResponseWriter, r *http.Request) {
	var report Report
	if !decode(w, r, &report) {
		return
	}
	if report.User == "" || report.Text == "" {
		fail(w, http.StatusBadRequest, `a report needs "user" and "text"`)
		return
	}
	s.state.set(func(st *state) {
		report.ID, report.At = len(st.reports)+1, s.now()
		st.reports = append(st.reports, report)
	})
	answer(w, http.StatusCreated, report)
}

func (s *Service) showNotices(w http.ResponseWriter, _ *http.Request) {
	notices := s.state.snapshot().Notices
	answer(w, http.StatusOK, map[string]any{"total": len(notices), "notices": notices})
}

func (s *Service) addNotice(w http.ResponseWriter, r *http.Request) {
	var notice Notice
	if !decode(w, r, &notice) {
		return
	}
	if notice.Audience == "" || notice.Title == "" || notice.Body == "" {
		fail(w, http.StatusBadRequest, `a notice needs "audience", "title" and "body"`)
		return
	}
	s.state.set(func(st *state) {
		notice.ID, notice.At = len(st.notices)+1, s.now()
		st.notices = append(st.notices, notice)
	})
	answer(w, http.StatusCreated, notice)
}

func (s *Service) showStatus(w http.ResponseWriter, _ *http.Request) {
	updates := s.state.snapshot().Status
	answer(w, http.StatusOK, map[string]any{"current": updates[len(updates)-1], "history": updates})
}

func (s *Service) addStatus(w http.ResponseWriter, r *http.Request) {
	var update StatusUpdate
	if !decode(w, r, &update) {
		return
	}
	if !slices.Contains(statusStates(), update.State) || update.Message == "" {
		fail(w, http.StatusBadRequest, `a status needs "message" and a "state" out of `+strings.Join(statusStates(), ", "))
		return
	}
	s.state.set(func(st *state) {
		update.At = s.now()
		st.status = append(st.status, update)
	})
	answer(w, http.StatusCreated, update)
}

func (s *Service) showMail(w http.ResponseWriter, _ *http.Request) {
	messages := s.mail.messages()
	answer(w, http.StatusOK, map[string]any{"total": len(messages), "messages": messages})
}
