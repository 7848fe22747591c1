package event

import "testing"

func TestTakenIsNotHandedOver(t *testing.T) {
	changed := DriverChanged{From: "ana", To: "bea", Reason: "x"}
	for actor, want := range map[string]string{"ana": "driver.changed", "bea": "driver.taken"} {
		if got := (Event{Kind: KindDriverChanged, Actor: actor, Data: changed}).Title(); got != want {
			t.Errorf("of %s it is called %s", actor, got)
		}
	}
	if got := (Event{Kind: KindNote, Data: Note{Text: "x"}}).Title(); got != string(KindNote) {
		t.Errorf("a note is called %s", got)
	}
}
