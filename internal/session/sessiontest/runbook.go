package sessiontest

import "genia.ai/bitacora/runbooks"

// Runbook returns a small runbook with everything that a front end must cope
// with: five phases, two scenarios chosen by a choice, a go/no-go that steers
// past the execution, an input, a confirm, a capture, an undo, and actions of
// all three effects.
func Runbook() *runbooks.Runbook {
	rb := &runbooks.Runbook{
		Schema: runbooks.Schema, Title: "Roll back a connector", Lang: "en",
		Summary: "What to do when a connector fails after a release.",
		Source:  runbooks.Source{Path: "test.md", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		Params:  params(),
		Secrets: []string{"ADMIN_TOKEN"},
		Roles:   []runbooks.Role{{ID: "coordinator", Title: "Coordinator"}},
		Scenarios: []runbooks.Scenario{
			{ID: "connector", Title: "One connector", Condition: "Only one connector fails."},
			{ID: "panel", Title: "The panel", Condition: "The panel fails."},
		},
		Env: map[string]string{"API": "http://127.0.0.1:1"},
	}
	for _, steps := range [][]*runbooks.Step{before(), execution(), after()} {
		rb.Sequence = append(rb.Sequence, steps...)
	}
	for i := range rb.Scenarios {
		for _, step := range rb.Sequence {
			if step.Scenario == rb.Scenarios[i].ID {
				rb.Scenarios[i].Steps = append(rb.Scenarios[i].Steps, step)
			}
		}
	}
	return rb
}

func params() []runbooks.Param {
	return []runbooks.Param{
		{Name: "connector", Label: "Connector", Required: true, Pattern: "[a-z][a-z0-9-]{1,40}", Example: "facebook"},
		{Name: "version", Label: "Version", Required: true, Pattern: "v?[0-9]+[.][0-9]+[.][0-9]+", Example: "v1.4.2"},
		{Name: "channel", Label: "Channel", Default: "ops"},
		{Name: "incident", Label: "Incident", Required: true, Pattern: "INC-[0-9]+"},
		{Name: "rate", Label: "Error rate", Origin: runbooks.OriginCapture},
	}
}

func before() []*runbooks.Step {
	return []*runbooks.Step{
		{ID: "1.1", Phase: runbooks.PhaseIdentification, Text: "Look at the error rate", Actions: []*runbooks.Action{{
			ID: "1.1/1", Name: "errors", Kind: runbooks.KindHTTP, Effect: runbooks.EffectRead, Declared: true, Code: "GET {{API}}/rate\n",
			Settings: runbooks.Settings{Capture: []runbooks.Capture{{Name: "rate"}}},
		}}},
		{ID: "1.2", Phase: runbooks.PhaseIdentification, Text: "Read what users report", Body: "Look into the support queue."},
		{ID: "2.1", Phase: runbooks.PhaseDecision, Text: "Decide whether to roll back", Role: "coordinator",
			Actions: []*runbooks.Action{{
				ID: "2.1/1", Name: "rollback", Kind: runbooks.KindChoice, Options: []runbooks.Option{
					{Key: "yes", Label: "Yes, roll back"},
					{Key: "no", Label: "No", Steer: runbooks.Steer{Kind: runbooks.SteerPhase, Target: string(runbooks.PhaseFollowUp)}},
				},
			}}},
		{ID: "2.2", Phase: runbooks.PhaseDecision, Text: "Pick the scenario", Actions: []*runbooks.Action{{
			ID: "2.2/1", Name: "what", Kind: runbooks.KindChoice, Options: []runbooks.Option{
				{Key: "one", Label: "One connector", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "connector"}},
				{Key: "panel", Label: "The panel", Steer: runbooks.Steer{Kind: runbooks.SteerScenario, Target: "panel"}},
			},
		}}},
	}
}

func execution() []*runbooks.Step {
	return []*runbooks.Step{
		{ID: "3.1", Phase: runbooks.PhaseExecution, Scenario: "connector", Text: "Disable {{connector}}", Actions: []*runbooks.Action{{
			ID: "3.1/1", Name: "disable", Kind: runbooks.KindShell, Lang: "sh", Effect: runbooks.EffectWrite, Declared: true,
			Code: "curl -X POST \"$API/off/$connector\"\n", Uses: []string{"connector"}, Secrets: []string{"ADMIN_TOKEN"},
			Settings: runbooks.Settings{Undo: "enable"},
		}}},
		{ID: "3.2", Phase: runbooks.PhaseExecution, Scenario: "connector", Text: "Check the version out", Actions: []*runbooks.Action{{
			ID: "3.2/1", Name: "checkout", Kind: runbooks.KindShell, Lang: "sh", Effect: runbooks.EffectDestructive, Declared: true,
			Code: "git checkout \"$version\" -- \"src/$connector\"\n", Uses: []string{"version", "connector"},
			Settings: runbooks.Settings{Target: "{{connector}}"},
		}}},
		{ID: "3.3", Phase: runbooks.PhaseExecution, Scenario: "panel", Text: "Close the panel", Actions: []*runbooks.Action{{
			ID: "3.3/1", Name: "close", Kind: runbooks.KindShell, Lang: "sh", Effect: runbooks.EffectWrite, Declared: true, Code: "panel close\n",
		}}},
		{ID: "3.4", Phase: runbooks.PhaseExecution, Text: "See that it is stable", Actions: []*runbooks.Action{{
			ID: "3.4/1", Name: "stable", Kind: runbooks.KindConfirm, Code: "Is the error rate down?\n",
		}}},
	}
}

func after() []*runbooks.Step {
	return []*runbooks.Step{
		{ID: "4.1", Phase: runbooks.PhaseCommunication, Text: "Tell the users", Actions: []*runbooks.Action{
			{ID: "4.1/1", Name: "incident", Kind: runbooks.KindInput, Code: "Number of the incident?\n", Uses: []string{}},
			{ID: "4.1/2", Name: "notify", Kind: runbooks.KindShell, Lang: "sh", Effect: runbooks.EffectWrite, Declared: true,
				Code: "notify \"$channel\" \"$incident\" \"$rate\"\n", Uses: []string{"channel", "incident", "rate"}},
		}},
		{ID: "5.1", Phase: runbooks.PhaseFollowUp, Scenario: "connector", Text: "Switch it on again", Actions: []*runbooks.Action{{
			ID: "5.1/1", Name: "enable", Kind: runbooks.KindShell, Lang: "sh", Effect: runbooks.EffectWrite, Declared: true,
			Code: "curl -X POST \"$API/on/$connector\"\n", Uses: []string{"connector"},
		}}},
		{ID: "5.2", Phase: runbooks.PhaseFollowUp, Text: "Write down the cause"},
	}
}
