package cli

import (
	"maps"
	"slices"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

// checkSecrets refuses what could be recorded only in part because a secret's
// value stands in it: a value given on the command line, which the actions would
// then get masked, and the names that the runbook gives its parts, by which the
// record tells them apart.
func (p *preparation) checkSecrets() error {
	for _, given := range []struct {
		flag   string
		values map[string]string
	}{{"param", p.params}, {"answer", p.answers}} {
		for _, name := range slices.Sorted(maps.Keys(given.values)) {
			if _, n := p.masks.String(given.values[name]); n > 0 {
				return usagef("--%s %s: the value holds a secret, which is never stored; use the secret by its name instead", given.flag, name)
			}
		}
	}
	return checkNames(p.rb.Runbook, p.masks)
}

func checkNames(rb *runbooks.Runbook, masks *redact.Set) error {
	var names []string
	for _, param := range rb.Params {
		names = append(append(names, param.Name, param.Default), param.Options...)
	}
	for _, role := range rb.Roles {
		names = append(names, role.ID)
	}
	for _, scenario := range rb.Scenarios {
		names = append(names, scenario.ID)
	}
	for _, step := range rb.Sequence {
		names = appendNames(names, step)
	}
	for _, name := range names {
		if masked, n := masks.String(name); n > 0 {
			return usagef("the runbook's own name %s holds the value of that secret, so that it cannot be masked; give the secret another value, or the part of the runbook another name", masked)
		}
	}
	return nil
}

func appendNames(names []string, step *runbooks.Step) []string {
	names = append(names, step.ID)
	for _, action := range step.Actions {
		names = append(names, action.ID, action.Name)
		for _, option := range action.Options {
			names = append(names, option.Key)
		}
	}
	for _, sub := range step.Substeps {
		names = appendNames(names, sub)
	}
	return names
}
