package auto

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/session/sessiontest"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

func check(t *testing.T, opts Options) *MissingError {
	t.Helper()
	err := Check(walk.NewPlan(sessiontest.Runbook()), opts)
	if err == nil {
		return &MissingError{}
	}
	var missing *MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("error %v", err)
	}
	return missing
}

// needs returns what is missing as "kind name [when]".
func needs(e *MissingError) []string {
	var texts []string
	for _, need := range e.Missing {
		text := strings.TrimSpace(string(need.Kind) + " " + need.Name)
		if need.When != "" {
			text += " [" + need.When + "]"
		}
		texts = append(texts, text)
	}
	return texts
}

func TestCheckNamesEverythingAtOnce(t *testing.T) {
	for _, test := range []struct {
		name string
		opts Options
		want []string
	}{
		{"everything is answered", full(), nil},
		{"the way past the execution asks nothing more", Options{Answers: map[string]string{"rollback": "no"}}, nil},
		{
			"nothing is answered", Options{},
			[]string{
				"choice rollback", "choice what [rollback=yes]",
				"param connector [rollback=yes & scenario=connector]", "param version [rollback=yes & scenario=connector]",
				"target checkout [rollback=yes & scenario=connector]", "confirm stable [rollback=yes]", "input incident [rollback=yes]",
			},
		},
		{
			"parameters of other scenarios are not asked", Options{Scenario: "panel", Answers: map[string]string{"rollback": "yes"}},
			[]string{"confirm stable", "input incident"},
		},
		{
			"the choice itself may be answered", Options{Answers: map[string]string{"rollback": "yes", "what": "one"}},
			[]string{"param connector", "param version", "target checkout", "confirm stable", "input incident"},
		},
		{"a rehearsal needs the scenario", Options{Rehearsal: true}, []string{"choice what"}},
		{"the practice service needs no target", Options{
			Sandbox: true, Scenario: "connector", Params: full().Params, Answers: map[string]string{"rollback": "yes", "stable": "no", "incident": "INC-1"},
		}, nil},
		{"an input takes a parameter's value", Options{
			Scenario: "panel", Params: map[string]string{"incident": "INC-1"}, Answers: map[string]string{"rollback": "yes", "stable": "no"},
		}, nil},
		{"secrets are looked for on the way", Options{
			Scenario: "connector", Params: full().Params, Answers: full().Answers, HasSecret: func(string) bool { return false },
		}, []string{"secret ADMIN_TOKEN"}},
		{"a rehearsal needs no secrets", Options{
			Rehearsal: true, Scenario: "connector", HasSecret: func(string) bool { return false },
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := check(t, test.opts)
			slices.Sort(test.want)
			texts := needs(got)
			slices.Sort(texts)
			if !slices.Equal(texts, test.want) || len(got.Wrong) > 0 {
				t.Errorf("missing\n  %s\nwant\n  %s\nwrong %+v", strings.Join(texts, "\n  "), strings.Join(test.want, "\n  "), got.Wrong)
			}
		})
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	base := func(change func(*Options)) Options {
		opts := full()
		change(&opts)
		return opts
	}
	for _, test := range []struct {
		name string
		opts Options
		want Wrong
	}{
		{"a value that may not be", base(func(o *Options) { o.Params["version"] = "v1; touch /tmp/x" }), Wrong{
			Flag: FlagParam, Name: "version",
			Code: WrongValue, Detail: "parameter version: the value must match v?[0-9]+[.][0-9]+[.][0-9]+, as v1.4.2 does",
		}},
		{"a slip in a parameter", base(func(o *Options) { o.Params["CONECTOR"] = "x" }), Wrong{Flag: FlagParam, Name: "CONECTOR", Code: WrongUnknown, Suggestion: "connector"}},
		{"a slip in an answer", base(func(o *Options) { o.Answers["rolback"] = "x" }), Wrong{Flag: FlagAnswer, Name: "rolback", Code: WrongUnknown, Suggestion: "rollback"}},
		{"an answer to what asks nothing", base(func(o *Options) { o.Answers["disable"] = "yes" }), Wrong{
			Flag: FlagAnswer, Name: "disable", Code: WrongUnasked,
		}},
		{"a slip in the scenario", base(func(o *Options) { o.Scenario = "conector" }), Wrong{
			Flag: FlagScenario, Name: "conector", Code: WrongUnknown, Suggestion: "connector",
		}},
		{"an option that is none", base(func(o *Options) { o.Answers["rollback"] = "yess" }), Wrong{
			Flag: FlagAnswer, Name: "rollback", Code: WrongOption, Detail: "yes, no", Suggestion: "yes",
		}},
		{"a confirm answered otherwise", base(func(o *Options) { o.Answers["stable"] = "perhaps" }), Wrong{
			Flag: FlagAnswer, Name: "stable", Code: WrongOption, Detail: "yes, no",
		}},
		{"an input that may not be", base(func(o *Options) { o.Answers["incident"] = "7" }), Wrong{
			Flag: FlagAnswer, Name: "incident", Code: WrongValue, Detail: "parameter incident: the value must match INC-[0-9]+",
		}},
		{"another target", base(func(o *Options) { o.Answers["checkout"] = "instagram" }), Wrong{
			Flag: FlagAnswer, Name: "checkout", Code: WrongTarget, Detail: "facebook",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := check(t, test.opts)
			if len(got.Wrong) != 1 || got.Wrong[0] != test.want || len(got.Missing) > 0 {
				t.Errorf("wrong %+v, want %+v; missing %v", got.Wrong, test.want, needs(got))
			}
		})
	}
}

func TestCheckNeverRepeatsAValue(t *testing.T) {
	opts := full()
	opts.Params["connector"], opts.Answers["incident"], opts.Answers["rollback"] = "S3CRET!", "S3CRET!", "S3CRET!"
	err := check(t, opts)
	text := err.Error() + strings.Join(err.Lines(printer(t, "es")), "\n")
	if len(err.Wrong) != 3 || strings.Contains(text, "S3CRET") {
		t.Errorf("%d wrong: %s", len(err.Wrong), text)
	}
}

func TestMissingErrorSaysWhatToType(t *testing.T) {
	err := check(t, Options{Answers: map[string]string{"rollback": "yes"}, Params: map[string]string{"versio": "1"}})
	text := err.Error()
	for _, want := range []string{
		"--scenario connector|panel, --answer what=one|panel is missing", "--param connector=… is missing (when scenario=connector)",
		"--answer checkout={{connector}}", `did you mean "version"?`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the error lacks %q: %s", want, text)
		}
	}
	for lang, want := range map[string]string{
		"es": "falta --param connector=…  Connector (facebook) [solo si scenario=connector]",
		"en": "missing --param connector=…  Connector (facebook) [only when scenario=connector]",
	} {
		if lines := err.Lines(printer(t, lang)); !slices.Contains(lines, want) {
			t.Errorf("%s lacks %q:\n%s", lang, want, strings.Join(lines, "\n"))
		}
	}
}

func TestAnAnswerThatLeadsBackForEverIsRefused(t *testing.T) {
	rb := sessiontest.Runbook()
	last := rb.Sequence[len(rb.Sequence)-1]
	last.Actions = []*runbooks.Action{{ID: "5.2/1", Name: "again", Kind: runbooks.KindChoice, Options: []runbooks.Option{
		{Key: "no", Label: "Done"},
		{Key: "yes", Label: "Once more", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: "identification"}},
	}}}
	opts := full()
	opts.Answers["again"] = "yes"
	var missing *MissingError
	if err := Check(walk.NewPlan(rb), opts); !errors.As(err, &missing) || len(missing.Wrong) != 1 || missing.Wrong[0].Name != "again" {
		t.Errorf("Check = %v", err)
	}
	opts.Answers["again"] = "no"
	if err := Check(walk.NewPlan(rb), opts); err != nil {
		t.Errorf("Check = %v", err)
	}
}

func TestScenarioThatNoChoicePicks(t *testing.T) {
	rb := sessiontest.Runbook()
	rb.Sequence[3].Actions = nil
	rb.Sequence[3].AsksScenario = true
	opts := full()
	if err := Check(walk.NewPlan(rb), opts); err != nil {
		t.Errorf("Check = %v", err)
	}
	opts.Scenario = ""
	var missing *MissingError
	if err := Check(walk.NewPlan(rb), opts); !errors.As(err, &missing) || !slices.Equal(needs(missing), []string{"scenario"}) {
		t.Errorf("Check = %v", err)
	}
	if got := missing.Missing[0].Flag(); got != "--scenario connector|panel" {
		t.Errorf("flag %q", got)
	}
}
