package tui

import (
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/session"
)

const typed = "gr4nate-token"

// needyDrive is a live run that lacks one of its secrets.
func needyDrive(t *testing.T, mode, problem string) *drive {
	t.Helper()
	d := &drive{t: t, now: morning()}
	d.c = newFakeClient(queueRunbook(), mode, func() time.Time { return d.now })
	d.c.briefing.Secrets[1] = session.SecretFact{Name: "MAIL_TOKEN", Problem: problem}
	d.begin(Options{Client: d.c, Printer: printer(t, "en")}, 80, 24)
	return d
}

func TestMissingSecretIsAskedForBeforeTheWalk(t *testing.T) {
	d := needyDrive(t, event.ModeLive, "/etc/mail can be used by others")
	d.see("MAIL_TOKEN: missing", "can be used by others").press("enter").see("Secret MAIL_TOKEN", "it is not shown")
	d.write("abc").see("shorter than 6").press("ctrl+u")
	for _, r := range typed {
		d.press(string(r)).unseen(typed[:3])
	}
	d.press("enter").see("MAIL_TOKEN is there now")
	if d.c.secrets["MAIL_TOKEN"] != typed {
		t.Errorf("given: %v", d.c.secrets)
	}
	if d.a.nextSecret() != nil {
		t.Error("it is asked for again")
	}
}

func TestMissingSecretCanBePutOff(t *testing.T) {
	d := needyDrive(t, event.ModeLive, "").press("enter").see("Secret MAIL_TOKEN").press("enter").unseen("Secret MAIL_TOKEN")
	if len(d.c.secrets) != 0 {
		t.Errorf("given: %v", d.c.secrets)
	}
	d.press("esc", "p").see("MAIL_TOKEN: missing", "QUEUE_TOKEN: ")
}

func TestRehearsalAsksForNoSecret(t *testing.T) {
	needyDrive(t, event.ModeRehearsal, "").press("enter").unseen("Secret MAIL_TOKEN")
}

func TestActionThatLacksASecretAsksForIt(t *testing.T) {
	d := newDrive(t, "en", event.ModeLive, 80, 24)
	d.c.badValue = &session.MissingSecretError{Name: "MAIL_TOKEN"}
	d.press("enter", "enter").see("Secret MAIL_TOKEN")
	d.press("enter").see("Secret MAIL_TOKEN") // it cannot go on without
	if got := d.a.explain(d.c.badValue); got != "It cannot run with these values: the secret MAIL_TOKEN is not there" {
		t.Errorf("explained as %q", got)
	}
	d.write(typed).unseen("Secret MAIL_TOKEN")
	if d.recorded(event.KindActionStarted) != 1 {
		t.Errorf("the action was not tried again:\n%s", d.screen())
	}
}
