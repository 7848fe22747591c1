package walk

import (
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

func parsed(t *testing.T, text string) *Plan {
	t.Helper()
	rb, err := runbooks.Parse("r.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return NewPlan(rb)
}

// everyKind holds an action of each kind; the effects of all but the mail are seen to
// be read.
const everyKind = "# Queue\n\n## Look\n\n1. Look\n\n```sh {name=ls}\nls\n```\n\n```http {name=get}\nGET https://x.example/\n```\n\n" +
	"```promql {name=up}\nup\n```\n\n```mail {name=tell}\nTo: a@x.example\nSubject: s\n\nx\n```\n\n```confirm {name=sure}\nSure?\n```\n\n```input {name=why}\nWhy?\n```\n"

func TestWithoutAnyDeclaredEffectEverythingThatRunsIsConfirmed(t *testing.T) {
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		r := newRun(t, parsed(t, everyKind), mode)
		r.do(Begin{})
		for _, name := range []string{"ls", "get", "up", "tell"} {
			action, _ := r.state.Plan().Action(name)
			if (action.Effect == runbooks.EffectRead) != (name != "tell") {
				t.Fatalf("%s is %s", name, action.Effect)
			}
			r.refused(Run{Action: name}, CodeConfirmNeeded)
			r.do(Run{Action: name, Confirmed: true})
			r.ends(name, event.OutcomeOK)
		}
		for _, name := range []string{"sure", "why"} {
			if action, _ := r.state.Plan().Action(name); r.state.NeedsConfirm(action) {
				t.Errorf("%s: the question %s needs a yes before it is asked", mode, name)
			}
		}
	}
}

func TestOneDeclaredEffectLetsTheRestBeSeen(t *testing.T) {
	for _, effect := range []string{"read", "write"} {
		r := newRun(t, parsed(t, everyKind+"\n```sh {name=said effect="+effect+"}\ntrue\n```\n"), event.ModeLive)
		r.do(Begin{})
		for name, asked := range map[string]bool{"ls": false, "get": false, "up": false, "tell": true, "said": effect == "write"} {
			if action, _ := r.state.Plan().Action(name); r.state.NeedsConfirm(action) != asked {
				t.Errorf("effect=%s: %s confirmed: %t", effect, name, !asked)
			}
		}
	}
}
