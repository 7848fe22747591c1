package clipboard

import (
	"errors"
	"strings"
	"testing"
)

func TestSequenceHoldsTheTextAndNothingThatDrives(t *testing.T) {
	got, err := Sequence("rm \x1b]0;x\a")
	if err != nil || got != "\x1b]52;c;cm0gG10wO3gH\a" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Sequence(strings.Repeat("x", maxBytes+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long is %v", err)
	}
}
