package tui

import (
	"strings"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
)

func TestMomentsOfAnotherDayHaveTheirDate(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24)
	if got := d.a.moment(d.now.Add(-time.Hour)); got != "07:46:00" {
		t.Errorf("an hour ago is %q", got)
	}
	if got := d.a.moment(d.now.Add(-10 * time.Hour)); !strings.Contains(got, "22") || !strings.Contains(got, "22:46") {
		t.Errorf("yesterday is %q", got)
	}
	if got := minutes(120 * time.Hour); got != "5d" {
		t.Errorf("five days are %q", got)
	}
}
