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

const destroying = "# Clean\n\n## Do\n\n1. Clean\n\n```sh {name=clean}\nrm -rf old\n```\n\n```sh {name=either}\necho one\n# or\nkubectl delete pod x\n```\n\n" +
	"```http {name=gone}\nDELETE https://x.example/y\n```\n\n```sh {name=known effect=write}\nrm -rf known\n```\n\n```sh {name=plainly}\ntouch x\n```\n"

func TestWhatLooksDestructiveNeedsItsTarget(t *testing.T) {
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		r := newRun(t, parsed(t, destroying), mode)
		r.do(Begin{})
		if got := r.refused(Run{Action: "clean", Confirmed: true}, CodeTargetNeeded); len(got.Names) != 1 || got.Names[0] != "clean" {
			t.Errorf("%s: target %v", mode, got.Names)
		}
		r.do(Run{Action: "clean", Confirmed: true, Target: "clean"})
		for _, ev := range r.events[len(r.events)-2:] {
			switch data := ev.Data.(type) {
			case event.ActionConfirmed:
				if data.Effect != "write" || data.Target != "clean" {
					t.Errorf("confirmed %+v", data)
				}
			case event.ActionStarted:
				if data.Effect != "write" {
					t.Errorf("started %+v", data)
				}
			}
		}
		r.ends("clean", event.OutcomeOK)
		r.refused(Run{Action: "either", Confirmed: true, Alternative: 2}, CodeTargetNeeded)
		r.do(Run{Action: "either", Confirmed: true, Alternative: 1})
		r.ends("either", event.OutcomeOK)
		r.refused(Run{Action: "gone", Confirmed: true}, CodeTargetNeeded)
		r.do(Run{Action: "gone", Confirmed: true, Target: "gone"})
		r.ends("gone", event.OutcomeOK)
		r.succeed("known")
		r.succeed("plainly")
	}
}

func TestWhatDestroysIsNamed(t *testing.T) {
	s := New(parsed(t, destroying))
	for id, want := range map[string]string{"clean": "rm -r", "either#2": "kubectl delete", "either#1": "", "gone": "DELETE", "known": "", "plainly": ""} {
		name, n := id, 0
		if len(id) > 2 && id[len(id)-2] == '#' {
			name, n = id[:len(id)-2], int(id[len(id)-1]-'0')
		}
		action, _ := s.Plan().Action(name)
		for range 2 { // asked for again it is the same
			if what, needed := s.NeedsTarget(action, n); what != want || needed != (want != "") {
				t.Errorf("%s: %q, %t", id, what, needed)
			}
		}
	}
	either, _ := s.Plan().Action("either")
	if what, needed := s.NeedsTarget(either, 0); needed || what != "" {
		t.Errorf("a block of which nothing was picked: %q", what)
	}
}

const reshelling = "# Queue\n\n## Do\n\n1. Look\n\n```sh {name=ls}\nls\n```\n\n```sh {name=said effect=read}\nls\n```\n\n```promql {name=up}\nup\n```\n\n2. Go on\n\n```sh {name=env effect=write}\n. ./env.sh\n```\n"

func TestAReadThatComesAgainInAChangedShellIsConfirmed(t *testing.T) {
	r := newRun(t, parsed(t, reshelling), event.ModeLive)
	r.do(Begin{})
	for _, name := range []string{"ls", "said", "up"} {
		r.do(Run{Action: name})
		r.ends(name, event.OutcomeOK)
	}
	first := r.state.Current().ID
	r.do(Done{Step: first})
	r.succeed("env")
	r.do(Reopen{Step: first, Reason: "once more"})
	r.refused(Run{Action: "ls"}, CodeConfirmNeeded)
	r.do(Run{Action: "ls", Confirmed: true})
	r.ends("ls", event.OutcomeOK)
	for _, name := range []string{"said", "up"} { // the author's word, and no shell
		r.do(Run{Action: name})
		r.ends(name, event.OutcomeOK)
	}
}

func TestTheOperatorsOwnCommandChangesTheShellToo(t *testing.T) {
	for command, asked := range map[string]bool{"export PATH=.:$PATH": true, "make x": false} {
		r := newRun(t, parsed(t, reshelling), event.ModeLive)
		r.do(Begin{})
		r.do(Adhoc{ID: "adhoc-1", Command: command})
		r.ends("adhoc-1", event.OutcomeOK)
		if action, _ := r.state.Plan().Action("ls"); r.state.NeedsConfirm(action) != asked {
			t.Errorf("after %q confirmed: %t", command, !asked)
		}
	}
	r := newRun(t, parsed(t, reshelling), event.ModeLive)
	r.do(Begin{})
	r.do(Adhoc{ID: "adhoc-1", Command: `"${SHELL:-/bin/sh}" -i`, Interactive: true}) // a shell of its own
	r.ends("adhoc-1", event.OutcomeOK)
	if action, _ := r.state.Plan().Action("ls"); r.state.NeedsConfirm(action) {
		t.Error("confirmed after a shell of the operator's own")
	}
}

func TestTheTargetIsWhatTheRunActsOn(t *testing.T) {
	plan := parsed(t, "---\nenv:\n  DB: staging\n  NONE: ' '\n---\n# Drop\n\n1. Drop {{DB}}\n\n```sh {name=drop effect=destructive target=\"{{DB}}\"}\necho $DB\n```\n\n```sh {name=blank effect=destructive target=\"{{NONE}}\"}\ntrue\n```\n")
	drop, step := plan.Action("drop")
	blank, _ := plan.Action("blank")
	for want, env := range map[string]map[string]string{"staging": nil, "prod": {"DB": "prod"}} {
		s := Apply(New(plan), event.Event{Kind: event.KindRunStarted, Data: event.RunStarted{Mode: event.ModeLive, Env: env}})
		if got := s.Target(drop); got != want {
			t.Errorf("with %v the target is %q", env, got)
		}
		if got := s.Fill(step.Text); got != "Drop "+want {
			t.Errorf("with %v the step is %q", env, got)
		}
		if got := s.Target(blank); got != "blank" {
			t.Errorf("a target of nothing is %q", got)
		}
	}
}
