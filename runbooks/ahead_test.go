package runbooks

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestReadAheadMakesNoDifference compares what a long text says with what its parts say
// alone.
func TestReadAheadMakesNoDifference(t *testing.T) {
	part := "## Part\n\n```sh {name=NAME}\nkubectl get pods -n $NS <pod>\n```\n\n```\n$ df -h\nFilesystem  Size\n```\n\nIt prints:\n\n```\n{\"a\": 1}\n```\n\n" +
		"1. One\n\n   ```console\n   $ ls\n   a\n   ```\n\n2. Two\n\n   > ```sh\n   > for f in *; do rm $f; done\n   > ```\n\n" +
		"```python\nprint(1)\n```\n\n```sh\ntail -f /var/log/x\n# or\njournalctl -f\n```\n\n```sql\nselect 1 from a;\n```\n\n```choice {name=cNAME}\nyes: Yes\nno: No\n```\n\n"
	named := func(n int) string {
		return strings.ReplaceAll(part, "NAME", "n"+strings.Repeat("x", n%30)+string(rune('a'+n/30)))
	}
	var long strings.Builder
	long.WriteString("# Long\n\n")
	const many = manyBlocks / 5
	for n := range many {
		long.WriteString(named(n))
	}
	whole, err := Parse("long.md", []byte(long.String()))
	if err != nil {
		t.Fatal(err)
	}
	got := actionsOf(whole.Sequence)
	for n := range many {
		alone, err := Parse("short.md", []byte("# Long\n\n"+named(n)))
		if err != nil {
			t.Fatal(err)
		}
		want := actionsOf(alone.Sequence)
		if len(got) < len(want) {
			t.Fatalf("the long text has no actions for part %d", n)
		}
		for i, a := range want {
			if g, w := placeless(*got[i]), placeless(*a); !reflect.DeepEqual(g, w) {
				t.Fatalf("action %d of part %d is\n%+v, alone it is\n%+v", i, n, g, w)
			}
		}
		got = got[len(want):]
	}
	if len(got) > 0 {
		t.Errorf("%d actions are left", len(got))
	}
}

// placeless is an action without where it stands.
func placeless(a Action) Action {
	a.Alternatives = slices.Clone(a.Alternatives)
	for i := range a.Alternatives {
		a.Alternatives[i].Line -= a.Line
	}
	a.ID, a.Line = "", 0
	return a
}

func actionsOf(steps []*Step) []*Action {
	var all []*Action
	for _, step := range steps {
		all = append(append(all, step.Actions...), actionsOf(step.Substeps)...)
	}
	return all
}

// TestReadAheadTellsWhatWentWrong asserts that a panic reaches whoever waits.
func TestReadAheadTellsWhatWentWrong(t *testing.T) {
	b := &builder{}
	broken := make([]*block, manyBlocks)
	for i := range broken {
		broken[i] = &block{kind: blockCode} // without what code has
	}
	a := b.readAhead(broken)
	defer func() {
		if recover() == nil {
			t.Error("nobody was told")
		}
	}()
	a.wait()
}
