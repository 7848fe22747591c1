package sandbox

import (
	"net/http"
	"strings"
)

// connectorView is a connector as the admin API shows it.
type connectorView struct {
	Connector string  `json:"connector"`
	State     string  `json:"state"` // enabled or disabled
	Version   string  `json:"version"`
	ErrorRate float64 `json:"error_rate"`
}

// partView is the executor or the panel as the admin API shows it.
type partView struct {
	State     string  `json:"state"`
	Version   string  `json:"version"`
	ErrorRate float64 `json:"error_rate"`
}

func (s *Service) adminRoutes(mux *http.ServeMux) {
	handle := func(pattern string, handler http.HandlerFunc) { mux.HandleFunc(pattern, s.authorised(handler)) }

	handle("GET /admin/connectors", s.listConnectors)
	handle("GET /admin/connectors/{name}", s.showConnector)
	handle("POST /admin/connectors/{name}/disable", s.switchConnector(true))
	handle("POST /admin/connectors/{name}/enable", s.switchConnector(false))

	handle("GET /admin/connectors/readonly", s.showReadOnly)
	handle("POST /admin/connectors/readonly", s.switchReadOnly(true))
	handle("DELETE /admin/connectors/readonly", s.switchReadOnly(false))

	handle("GET /admin/executor", s.showExecutor)
	handle("GET /admin/panel", s.showPanel)
	handle("POST /admin/panel/disable", s.switchPanel(true))
	handle("POST /admin/panel/enable", s.switchPanel(false))

	// What is unknown below /admin needs the token too: a stranger learns nothing.
	handle("/admin/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path+" in the admin API")
	})
}

// onOff picks the word for a switch.
func onOff(off bool, whenOff, whenOn string) string {
	if off {
		return whenOff
	}
	return whenOn
}

func (s *Service) connectorView(p part, now snapshot) connectorView {
	return connectorView{
		Connector: p.name, State: onOff(now.Disabled[p.name], "disabled", "enabled"),
		Version: s.served.version(p), ErrorRate: s.served.rate(p, s.now()),
	}
}

func (s *Service) listConnectors(w http.ResponseWriter, _ *http.Request) {
	now := s.state.snapshot()
	var list []connectorView
	for _, p := range parts() {
		if p.component == componentConnector {
			list = append(list, s.connectorView(p, now))
		}
	}
	answer(w, http.StatusOK, map[string]any{"mode": mode(now.ReadOnly), "connectors": list})
}

// connectorPart finds the connector of a request, or answers 404.
func connectorPart(w http.ResponseWriter, r *http.Request) (part, bool) {
	name := r.PathValue("name")
	for _, p := range parts() {
		if p.component == componentConnector && p.name == name {
			return p, true
		}
	}
	var known []string
	for _, c := range connectors() {
		known = append(known, c.Name)
	}
	fail(w, http.StatusNotFound, "there is no such connector; known are "+strings.Join(known, ", "))
	return part{}, false
}

func (s *Service) showConnector(w http.ResponseWriter, r *http.Request) {
	if p, ok := connectorPart(w, r); ok {
		answer(w, http.StatusOK, s.connectorView(p, s.state.snapshot()))
	}
}

func (s *Service) switchConnector(off bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := connectorPart(w, r)
		if !ok {
			return
		}
		s.state.set(func(st *state) {
			if off {
				st.disabled[p.name] = true
			} else {
				delete(st.disabled, p.name)
			}
		})
		answer(w, http.StatusOK, s.connectorView(p, s.state.snapshot()))
	}
}

func mode(readOnly bool) string { return onOff(readOnly, "read-only", "read-write") }

func (s *Service) showReadOnly(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"mode": mode(s.state.snapshot().ReadOnly), "connectors": len(connectors()),
	})
}

func (s *Service) switchReadOnly(on bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.state.set(func(st *state) { st.readOnly = on })
		s.showReadOnly(w, r)
	}
}

func (s *Service) showExecutor(w http.ResponseWriter, _ *http.Request) {
	p := executorPart()
	answer(w, http.StatusOK, partView{
		State:   mode(s.state.snapshot().ReadOnly),
		Version: s.served.version(p), ErrorRate: s.served.rate(p, s.now()),
	})
}

func (s *Service) showPanel(w http.ResponseWriter, _ *http.Request) {
	for _, p := range parts() {
		if p.component == componentPanel {
			answer(w, http.StatusOK, partView{
				State:   onOff(s.state.snapshot().PanelShut, "closed", "open"),
				Version: s.served.version(p), ErrorRate: s.served.rate(p, s.now()),
			})
			return
		}
	}
}

func (s *Service) switchPanel(shut bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.state.set(func(st *state) { st.panelShut = shut })
		s.showPanel(w, r)
	}
}
