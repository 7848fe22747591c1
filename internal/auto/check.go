package auto

import (
	"maps"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// maxWalks bounds how many ways through the runbook Check follows when decisions
// are open. Beyond it an open decision is followed along its first option only.
const maxWalks = 256

// Check returns a *MissingError that names everything that the walk would have
// to ask and everything that was given wrongly, or nil. It touches nothing: it
// walks the plan in its head, with every action succeeding. Another error means
// that the runbook itself leads nowhere.
func Check(plan *walk.Plan, opts Options) error {
	rb := plan.Runbook()
	wrongs := slices.Concat(checkParams(rb, opts), checkAnswers(plan, opts), checkScenario(rb, opts))
	e := &explorer{opts: withoutWrong(opts, wrongs)}
	found, err := e.follow(start(plan, opts))
	if err != nil {
		return err
	}
	found.needs = slices.DeleteFunc(found.needs, func(n Need) bool { return coveredBy(n, wrongs) })
	wrongs = append(wrongs, found.wrongs...)
	if len(found.needs)+len(wrongs) == 0 {
		return nil
	}
	return &MissingError{Missing: found.needs, Wrong: wrongs}
}

// start is the state of a run that was just opened.
func start(plan *walk.Plan, opts Options) walk.State {
	mode := event.ModeLive
	if opts.Rehearsal {
		mode = event.ModeRehearsal
	}
	return walk.Apply(walk.New(plan), event.Event{Kind: event.KindRunStarted, Data: event.RunStarted{Mode: mode, Sandbox: opts.Sandbox, Section: opts.Section, Env: opts.Env}})
}

func checkParams(rb *runbooks.Runbook, opts Options) []Wrong {
	names := make([]string, len(rb.Params))
	for i, param := range rb.Params {
		names[i] = param.Name
	}
	var wrongs []Wrong
	for _, name := range slices.Sorted(maps.Keys(opts.Params)) {
		i := slices.Index(names, name)
		if i < 0 {
			wrongs = append(wrongs, unknown(FlagParam, name, names))
			continue
		}
		if err := rb.Params[i].Check(opts.Params[name]); err != nil {
			wrongs = append(wrongs, Wrong{Flag: FlagParam, Name: name, Code: WrongValue, Detail: err.Error()})
		}
	}
	return wrongs
}

// checkAnswers finds answers to nothing. Whether an answer is possible shows on
// the walk, and only if the walk comes there.
func checkAnswers(plan *walk.Plan, opts Options) []Wrong {
	var names []string
	takes := map[string]bool{}
	s := walk.New(plan)
	var collect func(steps []*runbooks.Step)
	collect = func(steps []*runbooks.Step) {
		for _, step := range steps {
			for _, action := range step.Actions {
				_, destroys := s.NeedsTarget(action, 0)
				ok := action.Kind.Asks() || destroys || len(action.Alternatives) > 0 || action.Settings.Apart
				takes[action.ID], takes[nameOf(action)] = ok, ok
				if ok {
					names = append(names, nameOf(action))
				}
			}
			collect(step.Substeps)
		}
	}
	collect(plan.Steps())
	var wrongs []Wrong
	for _, name := range slices.Sorted(maps.Keys(opts.Answers)) {
		switch ok, known := takes[name]; {
		case !known:
			wrongs = append(wrongs, unknown(FlagAnswer, name, names))
		case !ok:
			wrongs = append(wrongs, Wrong{Flag: FlagAnswer, Name: name, Code: WrongUnasked})
		}
	}
	return wrongs
}

func checkScenario(rb *runbooks.Runbook, opts Options) []Wrong {
	ids := make([]string, len(rb.Scenarios))
	for i, scenario := range rb.Scenarios {
		ids[i] = scenario.ID
	}
	if opts.Scenario == "" || slices.Contains(ids, opts.Scenario) {
		return nil
	}
	return []Wrong{unknown(FlagScenario, opts.Scenario, ids)}
}

// withoutWrong returns the options without what is wrong with them, so that the
// walk in the head can go on.
func withoutWrong(opts Options, wrongs []Wrong) Options {
	opts.Params = maps.Clone(opts.Params)
	for _, wrong := range wrongs {
		switch wrong.Flag {
		case FlagParam:
			delete(opts.Params, wrong.Name)
		case FlagScenario:
			opts.Scenario = ""
		}
	}
	return opts
}

// coveredBy reports whether a need only arises from what was told to be wrong.
func coveredBy(need Need, wrongs []Wrong) bool {
	return slices.ContainsFunc(wrongs, func(w Wrong) bool {
		switch w.Flag {
		case FlagParam:
			return need.Kind == NeedParam && need.Name == w.Name
		case FlagScenario:
			return need.Kind == NeedScenario || len(need.Scenarios) > 0
		}
		return false
	})
}

// explorer follows the ways through a runbook.
type explorer struct {
	opts  Options
	walks int
}

// findings are what the ways from a state on have in store.
type findings struct {
	needs  []Need
	wrongs []Wrong
}

func (f *findings) add(needs []Need, wrongs []Wrong) {
	for _, need := range needs {
		if !slices.ContainsFunc(f.needs, need.same) {
			f.needs = append(f.needs, need)
		}
	}
	for _, wrong := range wrongs {
		if !slices.Contains(f.wrongs, wrong) {
			f.wrongs = append(f.wrongs, wrong)
		}
	}
}

// follow walks on from a state until the end.
func (e *explorer) follow(s walk.State) (findings, error) {
	var found findings
	for s.Status != walk.StatusEnded {
		m := e.opts.next(s)
		if m.stuck != nil {
			return found, m.stuck
		}
		found.add(m.needs, m.wrongs)
		if len(m.branches) > 0 {
			rest, err := e.fork(s, m.branches)
			found.add(rest.needs, rest.wrongs)
			return found, err
		}
		if m.assume != nil {
			s = walk.Apply(s, event.Event{Kind: m.assume.Kind(), Data: m.assume})
			continue
		}
		next, back, err := apply(s, m.command)
		if err != nil {
			return found, err
		}
		if back {
			found.add(nil, []Wrong{{Flag: FlagAnswer, Name: m.action, Code: WrongBack}})
			return found, nil
		}
		s = next
	}
	return found, nil
}

// fork follows every answer to an open decision. What is needed whichever way
// the decision goes is needed; the rest is needed under its condition.
func (e *explorer) fork(s walk.State, branches []branch) (findings, error) {
	var all findings
	whens := map[string][]string{} // need -> labels under which it is needed
	followed := 0
	for _, b := range branches {
		next, back, err := apply(s, b.command)
		if err != nil {
			return all, err
		}
		if back || followed > 0 && e.walks >= maxWalks {
			continue
		}
		followed++
		e.walks++
		found, err := e.follow(next)
		if err != nil {
			return all, err
		}
		for _, need := range found.needs {
			whens[need.key()] = append(whens[need.key()], under(b.label, need.When))
		}
		all.add(found.needs, found.wrongs)
	}
	for i, need := range all.needs {
		labels := whens[need.key()]
		always := len(labels) == followed && !slices.ContainsFunc(labels, func(l string) bool { return strings.Contains(l, " & ") })
		if all.needs[i].When = ""; !always {
			all.needs[i].When = strings.Join(labels, " | ")
		}
	}
	return all, nil
}

func under(label, when string) string {
	if when == "" {
		return label
	}
	return label + " & " + when
}

// apply carries out a command with every action succeeding, and reports whether
// it led back to what was walked already.
func apply(s walk.State, cmd walk.Command) (next walk.State, back bool, err error) {
	events, err := walk.Decide(s, cmd)
	if err != nil {
		return s, false, err
	}
	for _, ev := range events {
		back = back || ev.Kind == event.KindStepReopened
		s = walk.Apply(s, ev)
	}
	if s.Running == nil {
		return s, back, nil
	}
	ending := event.Ending{Outcome: event.OutcomeOK, Captured: map[string]string{}}
	for _, name := range captures(s) {
		ending.Captured[name] = standIn
	}
	next, _, err = apply(s, walk.Ended{Action: s.Running.Action, Ending: ending})
	return next, back, err
}

// captures returns the names that the running action would set.
func captures(s walk.State) []string {
	var names []string
	if action, _ := s.Plan().Action(s.Running.Action); action != nil {
		for _, capture := range action.Settings.Capture {
			names = append(names, capture.Name)
		}
	}
	return names
}
