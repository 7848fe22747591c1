package runserver

import (
	"errors"
	"testing"

	"genia.ai/bitacora/internal/session"
)

// TestOnlyTheDriverGivesSecrets also sends a refusal over the wire: its reason is
// what a front end decides on.
func TestOnlyTheDriverGivesSecrets(t *testing.T) {
	h := host(t, 0)
	ana, bea := h.front(h.hello("ana", true)), h.front(h.hello("bea", false))
	var driven *session.NotDriverError
	if err := bea.GiveSecret(t.Context(), "TOKEN", "long-enough"); !errors.As(err, &driven) || driven.Operator != "ana" {
		t.Errorf("a watcher's secret: %v", err)
	}
	var refused *session.SecretError
	if err := ana.GiveSecret(t.Context(), "TOKEN", "long-enough"); !errors.As(err, &refused) || refused.Name != "TOKEN" || refused.Reason != session.SecretUnknown {
		t.Errorf("a secret that the runbook does not name: %v", err)
	}
}
