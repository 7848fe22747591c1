package walk

import (
	"strconv"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// PartID names an alternative of an action, for a preview: "id#2". With 0 it is
// the action's own id.
func PartID(action string, alternative int) string {
	if alternative == 0 {
		return action
	}
	return action + "#" + strconv.Itoa(alternative)
}

// Part finds an action by its id or name, or one of its alternatives by what PartID
// returns: the action as it would run. Without a number it is the whole action,
// which does not run if it has alternatives. It returns nil when there is none.
func (p *Plan) Part(id string) *runbooks.Action {
	if action, _ := p.Action(id); action != nil {
		return action
	}
	if i := strings.LastIndexByte(id, '#'); i > 0 {
		action, _ := p.Action(id[:i])
		if n, err := strconv.Atoi(id[i+1:]); err == nil && n > 0 && action != nil {
			part, _ := action.Part(n)
			return part
		}
	}
	return nil
}
