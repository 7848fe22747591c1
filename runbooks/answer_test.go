package runbooks

import (
	"slices"
	"testing"
)

func TestAnswersOfNamedChoicesAreNotAskedForAgain(t *testing.T) {
	rb, err := Parse("t.md", []byte("# T\n\n## Decision\n\n1. Pick\n\n   ```choice {name=level}\n   high: all\n   low: some\n   ```\n\n## Communication\n\n1. Tell them it is {{level}}, {{other}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rb.Params, func(p Param) bool { return p.Name == "level" })
	if i < 0 || rb.Params[i].Origin != OriginCapture || !slices.Equal(rb.Params[i].Options, []string{"high", "low"}) {
		t.Errorf("params = %+v", rb.Params)
	}
	if asked := rb.ParamsFor(""); len(asked) != 1 || asked[0].Name != "other" {
		t.Errorf("asked for %+v", asked)
	}
}
