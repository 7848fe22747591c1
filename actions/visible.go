package actions

import (
	"fmt"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// visible refuses values that cannot be shown as they are: the operator would say
// yes to something else than what is sent. The text of the runbook itself is
// checked by the recorder, and secrets are never shown.
func (v values) visible() error {
	for _, name := range runbooks.Names(v.req.Action.Code) {
		for _, from := range []map[string]string{v.req.Params, v.req.Env} {
			for _, r := range from[name] {
				if sanitize.Hidden(r) || r == '\r' {
					return &RefusedValueError{
						Name: name, Place: "what is sent", Reason: fmt.Sprintf("it holds the invisible character %U, so that it could not be shown as it is", r),
					}
				}
			}
		}
	}
	return nil
}
