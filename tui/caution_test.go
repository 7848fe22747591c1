package tui

import (
	"testing"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

// driveText attaches to a fresh run of a runbook given as text.
func driveText(t *testing.T, text, lang, mode string) *drive {
	t.Helper()
	rb, err := runbooks.Parse("r.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(rb, mode, d.clock)
	d.c.briefing = session.Briefing{Run: "20261123T084600Z-r-7f3a"}
	d.begin(Options{Client: d.c, Printer: printer(t, lang)}, 80, 24)
	return d
}

func TestWhatOnlySeemsToReadIsAskedAbout(t *testing.T) {
	const undeclared = "# Look\n\n1. Look\n\n```sh\nls\n```\n"
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		d := driveText(t, undeclared, "en", mode)
		d.press("enter", "enter").see("It seems only to read, but the runbook does not say so.").unseen("It changes something")
		if d.recorded(event.KindActionStarted) != 0 {
			t.Fatalf("%s: it ran without a yes", mode)
		}
		if d.press("y"); d.recorded(event.KindActionStarted) != 1 {
			t.Errorf("%s: it did not run:\n%s", mode, d.screen())
		}
	}
	driveText(t, undeclared, "es", event.ModeLive).press("enter", "enter").see("Parece que solo lee, pero el runbook no lo dice.").unseen("Modifica algo")

	d := driveText(t, undeclared+"\n```sh {effect=write}\ntrue\n```\n", "en", event.ModeLive).press("enter", "enter")
	if d.recorded(event.KindActionStarted) != 1 {
		t.Errorf("a read of a runbook that declares effects was asked about:\n%s", d.screen())
	}
	driveText(t, "# Look\n\n1. Look\n\n```sh {effect=read confirm=true}\nls\n```\n", "en", event.ModeLive).press("enter", "enter").see("It only reads.")
}

func TestWhatLooksDestructiveNeedsItsTargetTyped(t *testing.T) {
	const undeclared = "# Clean\n\n1. Clean\n\n```sh {name=clean}\nrm -rf old\n```\n"
	for _, mode := range []string{event.ModeLive, event.ModeRehearsal} {
		d := driveText(t, undeclared, "en", mode).press("enter", "enter")
		d.see("rm -r cannot be taken back, and the runbook does not say so.", "It changes something", "To confirm, type clean").unseen("IT DESTROYS")
		if d.press("y", "enter"); d.recorded(event.KindActionStarted) != 0 {
			t.Fatalf("%s: a yes was enough", mode)
		}
		if d.press("ctrl+u").write("clean"); d.recorded(event.KindActionStarted) != 1 {
			t.Errorf("%s: the target did not start it:\n%s", mode, d.screen())
		}
	}
	driveText(t, undeclared, "es", event.ModeLive).press("enter", "enter").see("rm -r no se puede deshacer, y el runbook no lo dice.")

	d := driveText(t, "# Clean\n\n1. Clean\n\n```sh {name=clean effect=write}\nrm -rf old\n```\n", "en", event.ModeLive).press("enter", "enter").unseen("To confirm, type")
	if d.press("y"); d.recorded(event.KindActionStarted) != 1 {
		t.Errorf("a declared write needs more than a yes:\n%s", d.screen())
	}
	driveText(t, "# Clean\n\n1. Clean\n\n```sh {name=clean}\necho one\n# or\nrm -rf old\n```\n", "en", event.ModeLive).
		press("enter", "enter", "down", "enter").see("rm -r cannot be taken back")
}
