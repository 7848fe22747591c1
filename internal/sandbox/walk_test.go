package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// walker follows the shipped runbook against a running service: a plain
// reading of the format, enough to see that text and service fit together.
type walker struct {
	*started
	scenario string
	values   map[string]string
	answers  map[string]string // besides the defaults
	done     map[string]bool   // what ended well, or was answered yes
	ran      []string
}

var templateForm = regexp.MustCompile(`\{\{(\w+)\}\}`)

func (w *walker) fill(text string, escape func(string) string) string {
	return templateForm.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(found, "{}")
		value, has := w.values[name]
		if !has {
			w.t.Fatalf("%s has no value", found)
		}
		return escape(value)
	})
}

func asIs(value string) string { return value }

func inJSON(value string) string {
	quoted, _ := json.Marshal(value)
	return strings.Trim(string(quoted), `"`)
}

// walk runs every fence that is due and stops at the first failure.
func (w *walker) walk(fences []fence) error {
	skipTo := ""
	for _, f := range fences {
		if skipTo != "" && f.phase < skipTo {
			continue
		}
		if f.scenario != "" && f.scenario != w.scenario {
			continue
		}
		if after := f.attrs["after"]; after != "" && !w.done[after] {
			continue
		}
		if err := w.one(f); err != nil {
			return fmt.Errorf("%s (line %d): %w", f.name(), f.line, err)
		}
		if f.lang == "choice" && strings.Contains(chosen(f, w.values[f.name()]), "-> phase:follow-up") {
			skipTo, w.scenario = "5", ""
		}
	}
	return nil
}

// chosen is the line of a choice that begins with key.
func chosen(f fence, key string) string {
	for _, line := range strings.Split(f.code, "\n") {
		if strings.HasPrefix(line, key+": ") {
			return line
		}
	}
	return ""
}

func (w *walker) one(f fence) error {
	switch f.lang {
	case "choice", "input", "confirm":
		return w.answer(f)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		output, err := w.act(f)
		if err != nil {
			return err
		}
		condition := f.attrs["expect"] + f.attrs["until"]
		if condition == "" {
			break
		}
		err = meets(condition, output)
		if err == nil {
			break
		}
		if f.attrs["until"] == "" || time.Now().After(deadline) {
			return err
		}
	}
	w.ran = append(w.ran, f.name())
	w.done[f.name()] = true
	return nil
}

func (w *walker) answer(f fence) error {
	value, given := w.answers[f.name()]
	if !given {
		value = f.attrs["default"]
	}
	switch {
	case value == "":
		return errors.New("nobody answered")
	case f.lang == "choice" && chosen(f, value) == "":
		return fmt.Errorf("%q is no option", value)
	}
	if pattern := chosen(f, "pattern"); f.lang == "input" &&
		!regexp.MustCompile(`\A(?:`+strings.TrimPrefix(pattern, "pattern: ")+`)\z`).MatchString(value) {
		return fmt.Errorf("%q does not fit %s", value, pattern)
	}
	w.values[f.name()] = value
	w.done[f.name()] = f.lang != "confirm" || value == "yes"
	return nil
}

func (w *walker) act(f fence) (string, error) {
	switch f.lang {
	case "http":
		return w.http(f)
	case "promql":
		result := w.promql(w.fill(f.code, asIs)).Data.Result
		if len(result) == 0 {
			return "", errors.New("no sample")
		}
		return result[0].Value[1].(string) + "\n", nil
	case "mail":
		head, _, _ := strings.Cut(w.fill(f.code, asIs), "\n\n")
		to := regexp.MustCompile(`(?m)^To: (.*)$`).FindStringSubmatch(head)[1]
		from := regexp.MustCompile(`(?m)^From: (.*)$`).FindStringSubmatch(head)[1]
		text := strings.ReplaceAll(w.fill(f.code, asIs), "\n", "\r\n")
		return "", smtp.SendMail(strings.TrimPrefix(w.values["SMTP_URL"], "smtp://"), nil, from, []string{to}, []byte(text))
	default:
		return w.script(f)
	}
}

func (w *walker) http(f fence) (string, error) {
	head, body, _ := strings.Cut(f.code, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	method, target, _ := strings.Cut(lines[0], " ")
	target = w.fill(target, func(value string) string {
		if strings.Contains(value, "://") {
			return value // an origin
		}
		return url.PathEscape(value)
	})
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(w.fill(body, inJSON)))
	if err != nil {
		return "", err
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, w.fill(value, asIs))
	}
	resp, err := client().Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("%d %s", resp.StatusCode, text)
	}
	if capture := f.attrs["capture"]; capture == "user_reports=$.total" {
		var got struct{ Total json.Number }
		if err := json.Unmarshal(text, &got); err != nil {
			return "", err
		}
		w.values["user_reports"] = got.Total.String()
	}
	return string(text), nil
}

func (w *walker) script(f fence) (string, error) {
	cmd := exec.CommandContext(w.t.Context(), "bash", "-c", f.code)
	cmd.Dir, cmd.Env = w.fill(f.attrs["cwd"], asIs), os.Environ()
	for name, value := range w.values {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	output, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return string(output), nil
}

// frontDefaults are the parameters of the front matter that have a default.
func frontDefaults(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../runbooks/library/rollback-conectores.md")
	if err != nil {
		t.Fatal(err)
	}
	front := strings.SplitN(string(text), "---\n", 3)[1]
	values := map[string]string{}
	name := ""
	for _, line := range strings.Split(front, "\n") {
		if after, is := strings.CutPrefix(line, "  - name: "); is {
			name = after
		}
		if after, is := strings.CutPrefix(line, "    default: "); is {
			values[name] = after
		}
	}
	return values
}

func newWalker(t *testing.T, scenario, token string, opts Options) *walker {
	t.Helper()
	opts.Settle = 50 * time.Millisecond
	opts.Fault = FaultFor(scenario, "facebook")
	s := start(t, opts)
	w := &walker{
		started: s, scenario: scenario, values: frontDefaults(t), done: map[string]bool{},
		answers: map[string]string{"rollback": "yes", "scenario": scenario},
	}
	for name, value := range s.Env() {
		w.values[name] = value
	}
	w.values["ADMIN_TOKEN"], w.values["version"] = token, GoodVersion
	if scenario == "connector" {
		w.values["connector"] = "facebook"
	}
	return w
}

func TestShippedRunbookRollsBackEachScenario(t *testing.T) {
	fences := shippedFences(t)
	for scenario, p := range map[string]part{"connector": parts()[0], "executor": executorPart(), "panel": parts()[7]} {
		t.Run(scenario, func(t *testing.T) {
			w := newWalker(t, scenario, testToken, Options{NPMStandIn: scenario != "panel"})
			if err := w.walk(fences); err != nil {
				t.Fatal(err)
			}
			if got := w.served.version(p); got != GoodVersion {
				t.Errorf("%s is served in %s", p.name, got)
			}
			for _, other := range parts() {
				if other.name != p.name && w.served.version(other) != "v1.5.0" {
					t.Errorf("%s was rolled back too", other.name)
				}
			}
			if alerts := w.alerts(); len(alerts) != 0 {
				t.Errorf("still firing: %+v", alerts)
			}
			state := w.state.snapshot()
			if state.Disabled["facebook"] != (scenario == "connector") || state.ReadOnly != (scenario == "executor") || state.PanelShut != (scenario == "panel") {
				t.Errorf("it does not stay switched off: %+v", state)
			}
			if len(state.Notices) != 2 || state.Status[len(state.Status)-1].State != "degraded" {
				t.Errorf("notices %+v, status %+v", state.Notices, state.Status)
			}
			mail := w.mail.messages()
			if len(mail) != 1 || !strings.Contains(mail[0].Body, "Reportes de usuarios: 3\n") || !strings.Contains(mail[0].Body, "Coordina: por asignar\n") {
				t.Errorf("mail: %+v", mail)
			}
		})
	}
}

func TestShippedRunbookReenablesAfterAYes(t *testing.T) {
	fences := shippedFences(t)
	for _, scenario := range []string{"connector", "executor", "panel"} {
		w := newWalker(t, scenario, testToken, Options{NPMStandIn: true})
		w.answers["reenable-"+scenario] = "yes"
		if err := w.walk(fences); err != nil {
			t.Fatal(err)
		}
		state := w.state.snapshot()
		if len(state.Disabled) != 0 || state.ReadOnly || state.PanelShut || state.Status[len(state.Status)-1].State != "operational" {
			t.Errorf("%s: %+v", scenario, state)
		}
	}
}

func TestShippedRunbookStopsAtARefusal(t *testing.T) {
	fences := shippedFences(t)
	first := map[string]string{"connector": "disable-connector", "executor": "enter-readonly", "panel": "close-panel"}
	for scenario, refused := range first {
		w := newWalker(t, scenario, "wrong-token", Options{NPMStandIn: true})
		repository := w.mustRun("git", "status", "--porcelain")
		err := w.walk(fences)
		if err == nil || !strings.Contains(err.Error(), refused) || !strings.Contains(err.Error(), "401") {
			t.Errorf("%s: %v", scenario, err)
		}
		if got := w.ran[len(w.ran)-1]; !strings.HasPrefix(got, "check-") {
			t.Errorf("%s: %s ran before the refusal", scenario, got)
		}
		if w.mustRun("git", "status", "--porcelain") != repository || len(w.mail.messages()) != 0 {
			t.Errorf("%s: something was changed", scenario)
		}
	}
}

func TestShippedRunbookWithAVersionThatDoesNotHelp(t *testing.T) {
	fences := shippedFences(t)
	for version, failing := range map[string]string{"v9.9.9": "check-connector-version", "1.4.2": "check-connector-version", "--upload-pack=x": "check-connector-version"} {
		w := newWalker(t, "connector", testToken, Options{NPMStandIn: true})
		w.values["version"] = version
		before := w.fingerprint()
		if err := w.walk(fences); err == nil || !strings.Contains(err.Error(), failing) {
			t.Errorf("%s: %v", version, err)
		}
		if w.fingerprint() != before {
			t.Errorf("%s: something was changed", version)
		}
	}
}

func TestShippedRunbookWithoutRollbackTouchesNothing(t *testing.T) {
	w := newWalker(t, "connector", testToken, Options{NPMStandIn: true})
	w.answers["rollback"] = "no"
	before := w.fingerprint()
	if err := w.walk(shippedFences(t)); err != nil {
		t.Fatal(err)
	}
	if w.fingerprint() != before {
		t.Errorf("something was changed by one of %q", w.ran)
	}
	if w.values["lessons"] == "" {
		t.Error("the walk did not reach the end of the follow-up")
	}
}
