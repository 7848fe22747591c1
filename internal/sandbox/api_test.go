package sandbox

import (
	"net/http"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

func TestAdminNeedsTheToken(t *testing.T) {
	s := start(t, Options{})
	calls := []struct{ method, path string }{
		{"GET", "/admin/connectors"},
		{"GET", "/admin/connectors/facebook"},
		{"POST", "/admin/connectors/facebook/disable"},
		{"POST", "/admin/connectors/facebook/enable"},
		{"GET", "/admin/connectors/readonly"},
		{"POST", "/admin/connectors/readonly"},
		{"DELETE", "/admin/connectors/readonly"},
		{"GET", "/admin/executor"},
		{"GET", "/admin/panel"},
		{"POST", "/admin/panel/disable"},
		{"POST", "/admin/panel/enable"},
		{"POST", "/admin/unknown"},
		{"POST", "/notices"},
		{"POST", "/status"},
	}
	before := s.state.snapshot()
	for _, call := range calls {
		for _, token := range []string{"", "wrong-token", testToken + "x", strings.ToUpper(testToken)} {
			status, body := s.request(call.method, call.path, token, "{}")
			if status != http.StatusUnauthorized {
				t.Errorf("%s %s with token %q: %d", call.method, call.path, token, status)
			}
			if got := decodeJSON[map[string]string](t, body); got["error"] != "unauthorized" || got["message"] == "" {
				t.Errorf("%s %s: %s", call.method, call.path, body)
			}
			if strings.Contains(body, testToken) {
				t.Fatal("the answer tells the token")
			}
		}
	}
	after := s.state.snapshot()
	if len(after.Disabled) != 0 || after.ReadOnly || after.PanelShut || len(after.Notices) != 0 || len(after.Status) != len(before.Status) {
		t.Errorf("a refused call changed something: %+v", after)
	}
	if after.CallsTotal == before.CallsTotal {
		t.Error("refused calls are not in the journal")
	}
}

func TestAdminSwitches(t *testing.T) {
	s := start(t, Options{})
	tests := []struct{ method, path, want string }{
		{"GET", "/admin/connectors/facebook", `"state":"enabled","version":"v1.5.0"`},
		{"POST", "/admin/connectors/facebook/disable", `"state":"disabled"`},
		{"POST", "/admin/connectors/facebook/disable", `"state":"disabled"`},
		{"GET", "/admin/connectors/facebook", `"state":"disabled"`},
		{"GET", "/admin/connectors/instagram", `"state":"enabled"`},
		{"POST", "/admin/connectors/facebook/enable", `"state":"enabled"`},
		{"GET", "/admin/connectors/readonly", `"mode":"read-write"`},
		{"POST", "/admin/connectors/readonly", `{"connectors":6,"mode":"read-only"}`},
		{"GET", "/admin/connectors", `"mode":"read-only"`},
		{"GET", "/admin/executor", `"state":"read-only","version":"v1.5.0"`},
		{"DELETE", "/admin/connectors/readonly", `"mode":"read-write"`},
		{"POST", "/admin/panel/disable", `"state":"closed","version":"v1.5.0"`},
		{"GET", "/admin/panel", `"state":"closed"`},
		{"POST", "/admin/panel/enable", `"state":"open"`},
	}
	for _, test := range tests {
		if got := s.ok(test.method, test.path, ""); !strings.Contains(got, test.want) {
			t.Errorf("%s %s: %s, want %s", test.method, test.path, got, test.want)
		}
	}
	for _, path := range []string{
		"/admin/connectors/myspace/disable", "/admin/connectors/facebook/explode", "/admin/panel/explode", "/admin/nothing", "/nothing",
	} {
		status, body := s.request("POST", path, testToken, "")
		if status != http.StatusNotFound || decodeJSON[map[string]string](t, body)["message"] == "" {
			t.Errorf("POST %s: %d %s, want a 404 that explains itself", path, status, body)
		}
	}
}

func TestNoticesReportsAndStatus(t *testing.T) {
	s := start(t, Options{Fault: "mailchimp"})
	if got := s.ok("GET", "/reports", ""); !strings.Contains(got, `"total":3`) || !strings.Contains(got, "mailchimp") {
		t.Errorf("reports at start: %s", got)
	}
	if status, _ := s.request("POST", "/reports", "", `{"user":"ana","text":"no sale nada"}`); status != http.StatusCreated {
		t.Errorf("a user cannot report: %d", status)
	}
	if got := s.ok("GET", "/reports", ""); !strings.Contains(got, `"total":4`) || !strings.Contains(got, "no sale nada") {
		t.Errorf("reports afterwards: %s", got)
	}
	s.ok("POST", "/notices", `{"audience":"dashboard","title":"Aviso","body":"<b>en curso</b>"}`)
	if got := s.ok("GET", "/notices", ""); !strings.Contains(got, `"total":1`) || !strings.Contains(got, "<b>en curso</b>") {
		t.Errorf("notices: %s", got)
	}
	s.ok("POST", "/status", `{"state":"degraded","message":"en observación"}`)
	if got := s.ok("GET", "/status", ""); !strings.Contains(got, `"current":{`) || !strings.Contains(got, `"state":"degraded"`) {
		t.Errorf("status: %s", got)
	}
	for path, bodies := range map[string][]string{
		"/reports": {`{}`, `not json`, `{"user":"ana"}`},
		"/notices": {`{}`, `[`, `{"audience":"a","title":"b"}`},
		"/status":  {`{}`, `{"state":"happy","message":"m"}`, `{"state":"degraded"}`, strings.Repeat(" ", maxBody+1) + `{"state":"degraded","message":"m"}`},
	} {
		for _, body := range bodies {
			if status, _ := s.request("POST", path, testToken, body); status != http.StatusBadRequest {
				t.Errorf("POST %s %.30s: %d, want 400", path, body, status)
			}
		}
	}
}

func TestErrorLogFollowsTheFault(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Fault: "executor", Clock: clock.now, Settle: time.Second})
	_, text := s.request("GET", "/logs/errors", "", "")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != keptLines {
		t.Fatalf("%d lines, want %d", len(lines), keptLines)
	}
	if !strings.Contains(text, "executor v1.5.0 no free slot") || !strings.Contains(text, "ERROR sendgrid") {
		t.Errorf("the log does not tell the cause:\n%s", text)
	}
	s.deploy("v1.4.2", "src/lib/mcp/executor.ts")
	s.request("GET", "/logs/errors", "", "")
	clock.advance(time.Second)
	if _, text := s.request("GET", "/logs/errors", "", ""); text != "no errors\n" {
		t.Errorf("after the rollback:\n%s", text)
	}
}

func TestMailSink(t *testing.T) {
	clock := newFakeClock()
	s := start(t, Options{Clock: clock.now})
	addr := strings.TrimPrefix(s.Env()["SMTP_URL"], "smtp://")
	text := "From: ops@genia.example\r\nTo: admin@genia.example\r\nSubject: =?utf-8?q?Versi=C3=B3n_servida?=\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGravedad: cr=C3=ADtica\r\n"
	if err := smtp.SendMail(addr, nil, "ops@genia.example", []string{"admin@genia.example", "otro@genia.example"}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := smtp.SendMail(addr, nil, "ops@genia.example", []string{"admin@genia.example"}, []byte("Subject: dos\r\n\r\nhola\r\n")); err != nil {
		t.Fatal(err)
	}
	got := decodeJSON[struct {
		Total    int
		Messages []Mail
	}](t, s.ok("GET", "/mail", ""))
	if got.Total != 2 {
		t.Fatalf("%+v", got)
	}
	first := got.Messages[0]
	if first.Subject != "Versión servida" || first.Body != "Gravedad: crítica\n" || first.From != "ops@genia.example" ||
		len(first.To) != 2 || !first.At.Equal(clock.now()) || first.File != "0001.eml" {
		t.Errorf("%+v", first)
	}
	if got.Messages[1].Body != "hola\n" {
		t.Errorf("%+v", got.Messages[1])
	}
}

func TestUnreadableMailIsKeptAsItCame(t *testing.T) {
	for _, text := range []string{"no headers at all", "Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%"} {
		if _, body := readMessage([]byte(text)); body != text {
			t.Errorf("readMessage(%q) = %q", text, body)
		}
	}
}

func TestPageShowsEverythingEscaped(t *testing.T) {
	s := start(t, Options{Fault: "panel"})
	s.ok("POST", "/reports", `{"user":"<script>alert(1)</script>","text":"hola & adiós"}`)
	s.ok("POST", "/admin/connectors/twitter/disable", "")
	s.request("POST", "/admin/panel/disable", "wrong-token", "")
	status, page := s.request("GET", "/", "", "")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt;", "hola &amp; adiós", "<strong>panel</strong>", "desactivado", "✗ falla",
		"GeniaPanelErrorRateHigh", "POST /admin/panel/disable", "✗ 401 rechazado", "v1.5.0",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", testToken} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
}
