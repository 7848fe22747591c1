package runbooks

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestJSON(t *testing.T) {
	src, err := os.ReadFile("testdata/cache.md")
	if err != nil {
		t.Fatal(err)
	}
	rb, err := Parse("cache.md", src)
	if err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, "cache.md", src, rb)
	got, err := rb.JSON()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/cache.golden.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the JSON form changed; if that is meant, run go test -update and read the difference\n%s", got)
	}
	for _, bad := range []string{"null", `\u003c`, `\u0026`} {
		if bytes.Contains(got, []byte(bad)) {
			t.Errorf("the JSON form holds %s", bad)
		}
	}
}
