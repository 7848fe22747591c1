package session

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/runbooks"
)

// GiveSecret implements Client. What runs goes on with the masks that it has, so
// that nothing is taken while something does.
func (s *Session) GiveSecret(ctx context.Context, name, value string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	refused := func(reason SecretReason) error { return &SecretError{Name: name, Reason: reason} }
	switch {
	case s.closing:
		return ErrClosed
	case !slices.Contains(s.opts.Plan.Runbook().Secrets, name):
		return refused(SecretUnknown)
	case strings.ContainsAny(value, "\x00\r\n"):
		return refused(SecretForm)
	case s.cancel != nil:
		return refused(SecretBusy)
	}
	one, err := redact.New(map[string]string{name: value})
	if err != nil {
		return refused(SecretShort)
	}
	if s.recorded(one) {
		return refused(SecretRecorded)
	}
	secrets, masked := map[string]string{}, map[string]string{}
	maps.Copy(secrets, s.opts.Secrets)
	maps.Copy(masked, s.replaced)
	if before, given := secrets[name]; given && before != value {
		masked[fmt.Sprintf("%s, value %d", name, len(masked)+1)] = before // it may still turn up
	}
	replaced := maps.Clone(masked)
	secrets[name] = value
	maps.Copy(masked, secrets)
	masks, err := redact.New(masked)
	if err != nil {
		return refused(SecretShort)
	}
	s.opts.Secrets, s.opts.Redact, s.scrub, s.replaced = secrets, masks, scrubber{masks}, replaced
	s.opts.Briefing.Secrets = slices.Clone(s.opts.Briefing.Secrets)
	for i, fact := range s.opts.Briefing.Secrets {
		if fact.Name == name {
			s.opts.Briefing.Secrets[i] = SecretFact{Name: name, Present: true, Origin: SecretAsked}
		}
	}
	return nil
}

// recorded reports whether a secret stands in what the record holds already, or
// will: the values of the run and the names that the runbook gives its parts. It
// needs s.mu.
func (s *Session) recorded(masks *redact.Set) bool {
	for _, value := range s.state.Values() {
		if _, n := masks.String(value.Text); n > 0 {
			return true
		}
	}
	_, held := NameHoldingSecret(s.opts.Plan.Runbook(), masks)
	return held
}

// NameHoldingSecret returns a name that the runbook gives one of its parts, masked,
// in which a secret stands. The record tells the parts apart by these names, so
// that they cannot be masked.
func NameHoldingSecret(rb *runbooks.Runbook, masks *redact.Set) (masked string, held bool) {
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
			return masked, true
		}
	}
	return "", false
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
