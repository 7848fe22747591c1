package sandbox

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"
)

//go:embed page.html
var pageSource string

// pagePart is a row of the page.
type pagePart struct {
	Name, Component, State, Version, Rate string
	Failing                               bool
}

// pageData is what the page shows.
type pageData struct {
	Fault, Good string
	Now         time.Time
	Parts       []pagePart
	Mode        string
	Panel       string
	Alerts      []alert
	State       snapshot
	Status      StatusUpdate
	Mail        []Mail
	Log         []string
}

// page shows people the state of everything. It escapes whatever came from
// outside and loads nothing from anywhere.
func (s *Service) page(w http.ResponseWriter, _ *http.Request) {
	tmpl, err := template.New("page").Funcs(template.FuncMap{
		"clock": func(t time.Time) string { return t.Format("15:04:05") },
	}).Parse(pageSource)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	var text bytes.Buffer
	if err := tmpl.Execute(&text, s.pageData()); err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = text.WriteTo(w)
}

func (s *Service) pageData() pageData {
	now, state := s.now(), s.state.snapshot()
	data := pageData{
		Fault: s.fault, Good: GoodVersion, Now: now, Mode: mode(state.ReadOnly),
		Panel: onOff(state.PanelShut, "cerrado", "abierto"), Alerts: s.alerts(),
		Mail: s.mail.messages(), Log: s.errorLog(), Status: state.Status[len(state.Status)-1],
	}
	for _, p := range parts() {
		rate := s.served.rate(p, now)
		row := pagePart{
			Name: p.name, Component: string(p.component), Version: s.served.version(p), State: "en servicio",
			Rate: fmt.Sprintf("%.1f %%", rate*100), Failing: rate > Threshold,
		}
		switch {
		case state.Disabled[p.name]:
			row.State = "desactivado"
		case p.component == componentPanel && state.PanelShut:
			row.State = "cerrado"
		case p.component != componentPanel && state.ReadOnly:
			row.State = "solo lectura"
		}
		data.Parts = append(data.Parts, row)
	}
	// Newest first, where people look.
	slices.Reverse(state.Calls)
	slices.Reverse(state.Notices)
	slices.Reverse(state.Reports)
	slices.Reverse(data.Mail)
	data.State = state
	return data
}
