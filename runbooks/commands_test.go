package runbooks

import (
	"slices"
	"testing"
)

func TestCommandsOfShellActions(t *testing.T) {
	rb, err := Parse("t.md", []byte("# T\n\n## Mitigation\n\n1. One\n\n   ```sh\n   cd /x && git status | grep -c x\n   helper() { jq .; }\n   helper; ./local; \"$TOOL\"\n   ```\n2. Two\n\n   ```bash\n   X=1 npm run build; git log; if true; then curl -s x; fi\n   ```\n3. Three\n\n   ```bash {host=db1}\n   far\n   ```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rb.Commands(), []string{"git", "grep", "jq", "npm", "curl", "ssh"}; !slices.Equal(got, want) {
		t.Errorf("Commands = %v, want %v", got, want)
	}
}
