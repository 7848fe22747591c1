package plain

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"genia.ai/bitacora/runbooks"
)

// defaultWatch is what a block that never ends may take when the runbook does not
// say (docs/runbook-format.md, timeout).
const defaultWatch = 10 * time.Minute

// errNotPicked says that the operator said something else when asked which
// alternative is meant.
var errNotPicked = errors.New("no alternative was picked")

// pickPart asks which alternative of a block is meant, if it has any; the number is
// 0 if it has none.
func (t *talk) pickPart(action *runbooks.Action) (n int, err error) {
	count := len(action.Alternatives)
	if count == 0 {
		return 0, nil
	}
	t.caption(action)
	t.say(t.p.T("plain.pick.title", "Name", t.nameOf(action), "Count", count))
	options := make([]option, count)
	for i, alternative := range action.Alternatives {
		first, rest, _ := strings.Cut(strings.TrimSpace(alternative.Code), "\n")
		key := strconv.Itoa(i + 1)
		options[i] = option{key: key, label: first, note: rest, plain: true}
	}
	err = t.pick(options, t.given(action).Value, func(key, _ string) error {
		n, err = strconv.Atoi(key)
		return err
	})
	if err == nil && n == 0 {
		err = errNotPicked
	}
	return n, err
}
