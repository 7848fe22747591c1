package export

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryMemberIsDocumented compares the page of the JSON form with what is written:
// a member that no table names is as good as secret.
func TestEveryMemberIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/export-format.md")
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]bool{}
	membersOf(reflect.TypeFor[document](), members)
	if len(members) < 80 {
		t.Fatalf("only %d members were found", len(members))
	}
	for member := range members {
		if !strings.Contains(string(page), "`"+member+"`") {
			t.Errorf("docs/export-format.md does not name %s", member)
		}
	}
}

// membersOf collects the names of all members below a type.
func membersOf(of reflect.Type, members map[string]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		membersOf(of.Elem(), members)
	case reflect.Struct:
		for i := range of.NumField() {
			if name := of.Field(i).Tag.Get("json"); name != "" {
				members[name] = true
				membersOf(of.Field(i).Type, members)
			}
		}
	default:
	}
}
