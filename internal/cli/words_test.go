package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

func TestLastWords(t *testing.T) {
	var heard bytes.Buffer
	l := &lastWords{to: &heard, limit: time.Minute}
	fmt.Fprint(l, "so long")
	if heard.String() != "so long" {
		t.Errorf("heard %q", heard.String())
	}
	nobody, mouth := io.Pipe()
	l = &lastWords{to: mouth, limit: time.Millisecond}
	for range 2 {
		if _, err := fmt.Fprint(l, "anybody there?"); !errors.Is(err, errUnheard) {
			t.Errorf("Write = %v", err)
		}
	}
	nobody.Close() // ends the write that is under way
}
