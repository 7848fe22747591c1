package auto

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/walk"
	"genia.ai/bitacora/runbooks"
)

// answerYes runs an action that stands apart; reasonApart is recorded otherwise.
const (
	answerYes   = "yes"
	reasonApart = "excludeFromRunAll"
)

// How a choice came to be made, besides by an operator.
const (
	howAnswer  = "answer"
	howDefault = "default"
)

// standIn is the value of what is not known before the run: no value that Check
// of a parameter accepts can hold it.
const standIn = "\x00"

// move is what comes next: a command, or what is missing for it together with
// how Check goes on as if it were there.
type move struct {
	action   string       // name, else id, of the action it is about, or ""
	command  walk.Command // nil when assume or branches say how to go on
	assume   event.Data   // what would be recorded if the need were met
	branches []branch     // what the missing answer could be
	needs    []Need
	wrongs   []Wrong
	stuck    error // the runbook leads nowhere
}

// branch is one way to answer an open decision.
type branch struct {
	label   string // "scenario=connector"
	command walk.Command
}

// next returns the next move of the walk. It is pure: Check and Run make the
// same moves because both make these.
func (o Options) next(s walk.State) move {
	if s.Status == walk.StatusBriefing {
		if cmd, ok := o.flag(s); ok {
			return move{command: cmd}
		}
	}
	switch {
	case s.NeedsScenario():
		return o.scenario(s)
	case s.Status == walk.StatusBriefing:
		return move{command: walk.Begin{}}
	case s.Complete():
		return move{command: walk.End{}}
	}
	step := s.Current()
	if step == nil || s.Status != walk.StatusWalking || s.Step(step.ID).Status != walk.StepActive {
		return move{stuck: fmt.Errorf("the walk cannot go on (%s); see the steps that are open", s.Status)}
	}
	action := s.NextAction()
	if action == nil {
		return move{command: walk.Done{Step: step.ID, How: event.HowUnattended}}
	}
	var m move
	switch action.Kind {
	case runbooks.KindChoice:
		m = o.choice(s, action)
	case runbooks.KindConfirm:
		m = o.confirm(s, action)
	case runbooks.KindInput:
		m = o.input(s, action)
	default:
		if action.Settings.Apart && !o.wants(s, action) {
			// Whoever wrote the block left it out of what is run unattended.
			return move{command: walk.Skip{Step: step.ID, Reason: reasonApart}}
		}
		m = o.run(s, action)
	}
	m.action = nameOf(action)
	for i := range m.needs {
		m.needs[i].Step = step.ID
	}
	return m
}

// wants reports whether a block that is left out unattended was asked for by its name:
// with yes, or with the target of what it destroys.
func (o Options) wants(s walk.State, action *runbooks.Action) bool {
	given, answered := o.answer(action)
	if given == answerYes || !answered {
		return answered
	}
	_, destroys := s.NeedsTarget(action, 0)
	return destroys && given == s.Target(action)
}

// nameOf returns what --answer calls an action.
func nameOf(action *runbooks.Action) string {
	if action.Name != "" {
		return action.Name
	}
	return action.ID
}

func (o Options) answer(action *runbooks.Action) (string, bool) {
	if value, ok := o.Answers[action.Name]; ok && action.Name != "" {
		return value, true
	}
	value, ok := o.Answers[action.ID]
	return value, ok
}

// flag returns the next parameter that was given and is not recorded yet.
func (o Options) flag(s walk.State) (walk.Command, bool) {
	for _, param := range s.Plan().Runbook().Params {
		value, given := o.Params[param.Name]
		if _, known := s.Value(param.Name); given && !known {
			return walk.SetParam{Name: param.Name, Value: value, Source: event.SourceFlag}, true
		}
	}
	return nil, false
}

// scenario answers the question that no choice of the runbook asks.
func (o Options) scenario(s walk.State) move {
	scenarios := s.Plan().Runbook().Scenarios
	id := o.Scenario
	if id == "" && len(scenarios) == 1 {
		id = scenarios[0].ID
	}
	if id != "" {
		return move{command: walk.ChooseScenario{Scenario: id}}
	}
	m := move{needs: []Need{{Kind: NeedScenario}}}
	for _, scenario := range scenarios {
		m.needs[0].Options = append(m.needs[0].Options, scenario.ID)
		m.branches = append(m.branches, branch{
			label: "scenario=" + scenario.ID, command: walk.ChooseScenario{Scenario: scenario.ID},
		})
	}
	return m
}

func (o Options) choice(s walk.State, action *runbooks.Action) move {
	choose := func(key, how string) walk.Choose {
		return walk.Choose{Action: action.ID, Key: key, How: how}
	}
	given, answered := o.answer(action)
	if answered && hasOption(action, given) {
		return move{command: choose(given, howAnswer)}
	}
	steersScenario := false
	for _, option := range action.Options {
		if option.Steer.Kind != runbooks.SteerScenario {
			continue
		}
		steersScenario = true
		if !answered && option.Steer.Target == o.Scenario {
			return move{command: choose(option.Key, howAnswer)}
		}
	}
	if !answered && action.Settings.Default != "" {
		return move{command: choose(action.Settings.Default, howDefault)}
	}
	if !answered && s.Rehearsal() {
		if option, ok := rehearsed(action, steersScenario); ok {
			return move{command: choose(option, howDefault)}
		}
	}
	return openChoice(s, action, steersScenario, given)
}

// rehearsed returns the option that a rehearsal takes when nobody said which.
func rehearsed(action *runbooks.Action, steersScenario bool) (string, bool) {
	if steersScenario {
		if len(action.Options) == 1 {
			return action.Options[0].Key, true
		}
		return "", false
	}
	for _, option := range action.Options {
		if option.Steer.Kind == runbooks.SteerNone {
			return option.Key, true
		}
	}
	return "", false
}

// openChoice is the move of a choice that nobody answered, or wrongly.
func openChoice(s walk.State, action *runbooks.Action, steersScenario bool, given string) move {
	need := Need{Kind: NeedChoice, Name: nameOf(action), Label: question(s, action)}
	var m move
	for _, option := range action.Options {
		label := nameOf(action) + "=" + option.Key
		if steersScenario && option.Steer.Kind == runbooks.SteerScenario {
			label = "scenario=" + option.Steer.Target
			need.Scenarios = append(need.Scenarios, option.Steer.Target)
		}
		need.Options = append(need.Options, option.Key)
		m.branches = append(m.branches, branch{label, walk.Choose{Action: action.ID, Key: option.Key, How: howAnswer}})
	}
	if given != "" {
		m.wrongs = []Wrong{wrongOption(nameOf(action), given, need.Options)}
		return m
	}
	m.needs = []Need{need}
	return m
}

func hasOption(action *runbooks.Action, key string) bool {
	return slices.ContainsFunc(action.Options, func(o runbooks.Option) bool { return o.Key == key })
}

func (o Options) confirm(s walk.State, action *runbooks.Action) move {
	choose := func(key, how string) walk.Choose {
		return walk.Choose{Action: action.ID, Key: key, How: how}
	}
	keys := []string{walk.AnswerYes, walk.AnswerNo}
	m := move{branches: []branch{
		{nameOf(action) + "=" + walk.AnswerYes, choose(walk.AnswerYes, howAnswer)},
		{nameOf(action) + "=" + walk.AnswerNo, choose(walk.AnswerNo, howAnswer)},
	}}
	given, answered := o.answer(action)
	switch {
	case answered && slices.Contains(keys, strings.ToLower(given)):
		return move{command: choose(strings.ToLower(given), howAnswer)}
	case answered:
		m.wrongs = []Wrong{wrongOption(nameOf(action), given, keys)}
		return m
	case action.Settings.Default != "":
		return move{command: choose(action.Settings.Default, howDefault)}
	case s.Rehearsal():
		return move{command: choose(walk.AnswerYes, howDefault)}
	}
	m.needs = []Need{{Kind: NeedConfirm, Name: nameOf(action), Label: question(s, action), Options: keys}}
	return m
}

// input answers an input: with what was given for it, with a value that the run
// has already, or with a default.
func (o Options) input(s walk.State, action *runbooks.Action) move {
	param := paramOf(s, action.Name)
	cmd := walk.Answer{Action: action.ID}
	assume := event.ParamSet{Name: action.Name, Value: standIn, Source: event.SourceAnswer, Action: action.ID}
	given, answered := o.answer(action)
	known, has := s.Known(action)
	switch {
	case answered:
		if err := param.Check(given); err != nil {
			return move{assume: assume, wrongs: []Wrong{{Flag: FlagAnswer, Name: nameOf(action), Code: WrongValue, Detail: err.Error()}}}
		}
		cmd.Value, cmd.Source = given, event.SourceAnswer
	case has && known.Value == standIn:
		return move{assume: assume}
	case has:
		cmd.Value, cmd.Source, cmd.Invented = known.Value, known.Source, known.Invented && s.Rehearsal()
	case action.Settings.Default != "":
		cmd.Value, cmd.Source = action.Settings.Default, event.SourceDefault
	case param.Default != "":
		cmd.Value, cmd.Source = param.Default, event.SourceDefault
	case s.Rehearsal():
		invented := s.Invent(action.Name)
		cmd.Value, cmd.Source, cmd.Invented = invented.Value, invented.Source, invented.Invented
	default:
		need := Need{Kind: NeedInput, Name: nameOf(action), Label: question(s, action), Options: param.Options}
		return move{assume: assume, needs: []Need{need}}
	}
	return move{command: cmd}
}

// run starts an action that touches something, once it has what it needs.
func (o Options) run(s walk.State, action *runbooks.Action) move {
	if missing := s.Missing(action); len(missing) > 0 {
		return o.param(s, missing[0])
	}
	cmd := walk.Run{Action: action.ID, Confirmed: true, How: event.HowUnattended}
	m := o.pick(s, action, &cmd)
	if m.stuck != nil {
		return m
	}
	if o.HasSecret != nil && !s.Rehearsal() {
		for _, name := range action.Secrets {
			if !o.HasSecret(name) {
				m.needs = append(m.needs, Need{Kind: NeedSecret, Name: name})
			}
		}
	}
	if action.Settings.Interactive && !s.Rehearsal() {
		m.needs = append(m.needs, Need{Kind: NeedTerminal, Name: nameOf(action), Label: question(s, action)})
	}
	if _, needed := s.NeedsTarget(action, cmd.Alternative); needed {
		cmd.Target = s.Target(action)
		given, answered := o.answer(action)
		known := !strings.Contains(cmd.Target, standIn)
		switch {
		case len(action.Alternatives) > 0: // the answer picks one
		case answered && known && given != cmd.Target:
			m.wrongs = append(m.wrongs, Wrong{
				Flag: FlagAnswer, Name: nameOf(action), Code: WrongTarget, Detail: cmd.Target,
			})
		case !answered && !o.Sandbox && !s.Rehearsal():
			need := Need{Kind: NeedTarget, Name: nameOf(action), Label: question(s, action), Options: []string{cmd.Target}}
			if !known {
				need.Options = []string{action.Settings.Target}
			}
			m.needs = append(m.needs, need)
		}
	}
	m.command = cmd
	return m
}

// pick says which alternative of a block runs, and whether one that never ends has
// a limit: nobody is there to stop it.
func (o Options) pick(s walk.State, action *runbooks.Action, cmd *walk.Run) (m move) {
	if count := len(action.Alternatives); count > 0 {
		cmd.Alternative = 1 // of a rehearsal, and for Check to go on with
		given, answered := o.answer(action)
		numbers := make([]string, count)
		for i := range numbers {
			numbers[i] = strconv.Itoa(i + 1)
		}
		n := slices.Index(numbers, given) + 1
		_, destroys := s.NeedsTarget(action, n)
		switch {
		case destroys && !s.Rehearsal():
			m.stuck = fmt.Errorf("%s destroys something in one of %d ways: automatic mode cannot pick the way and name the target; make a block of each", nameOf(action), count)
			return m
		case answered && n > 0:
			cmd.Alternative = n
		case answered:
			m.wrongs = append(m.wrongs, wrongOption(nameOf(action), given, numbers))
		case !s.Rehearsal():
			m.needs = append(m.needs, Need{Kind: NeedPick, Name: nameOf(action), Label: question(s, action), Options: numbers})
		}
	}
	if part, ok := action.Part(cmd.Alternative); ok && part.Endless && action.Settings.Timeout == 0 && !s.Rehearsal() {
		m.needs = append(m.needs, Need{Kind: NeedLimit, Name: nameOf(action), Label: question(s, action)})
	}
	return m
}

// param gives a parameter its default, in a rehearsal any value.
func (o Options) param(s walk.State, name string) move {
	param := paramOf(s, name)
	switch {
	case s.Rehearsal():
		return move{command: s.Invent(name)}
	case param.Default != "":
		return move{command: walk.SetParam{Name: name, Value: param.Default, Source: event.SourceDefault}}
	}
	return move{
		assume: event.ParamSet{Name: name, Value: standIn, Source: event.SourceFlag},
		needs:  []Need{{Kind: NeedParam, Name: name, Label: label(param), Options: param.Options}},
	}
}

func label(param runbooks.Param) string {
	if param.Example == "" {
		return param.Label
	}
	return strings.TrimSpace(param.Label + " (" + param.Example + ")")
}

func paramOf(s walk.State, name string) runbooks.Param {
	if param, ok := s.Plan().Param(name); ok {
		return param
	}
	return runbooks.Param{Name: name}
}

// question returns what an action asks, in one line.
func question(s walk.State, action *runbooks.Action) string {
	if action.Caption != "" {
		return action.Caption
	}
	if first, _, _ := strings.Cut(action.Question(), "\n"); first != "" {
		return first
	}
	if step := s.Current(); step != nil {
		return step.Text
	}
	return ""
}
