package main

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/transcript"
)

//go:embed runbooks/*.md
var runbooks embed.FS

// words are what the tour types and looks for in a language, as its runbook has it.
type words struct {
	runbook, queue                          string
	look, stop, purge, replay, check, start string
	decide, fault, told, learned            string
	filter, note, why, accepted, lesson     string
	todo                                    string
	meanwhile                               string
}

var wordsOf = map[string]words{
	"en": {
		runbook: "payment-queue", queue: "payments",
		look: "backlog", stop: "stop-workers", purge: "purge-dead", replay: "replay", check: "check-empty", start: "start-workers",
		decide: "fault", fault: "worker", told: "told", learned: "learned",
		filter: "queue", note: "Support has three calls from shops", why: "the same message fails on all three",
		accepted: "three late ones, they drain", lesson: "an alert on the age of the oldest message",
		todo: "raise the retry limit", meanwhile: "Shops say that it works again",
	},
	"es": {
		runbook: "cola-de-pagos", queue: "pagos",
		look: "acumulado", stop: "detener", purge: "purgar", replay: "reprocesar", check: "comprobar", start: "arrancar",
		decide: "fallo", fault: "consumidor", told: "avisado", learned: "aprendido",
		filter: "cola", note: "Soporte tiene tres llamadas de tiendas", why: "el mismo mensaje falla en los tres",
		accepted: "tres rezagados, ya se vacían", lesson: "una alerta por la antigüedad del más viejo",
		todo: "subir el límite de reintentos", meanwhile: "Las tiendas dicen que vuelve a ir",
	},
}

// place is a directory that holds everything the program keeps, for one tour.
type place struct {
	bin, home, lang string
}

func newPlace(bin, lang string) (*place, error) {
	id := make([]byte, 5)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	// As long as what is shown instead, and nowhere to be broken at the end of a row.
	p := &place{bin: bin, lang: lang, home: "/tmp/b" + hex.EncodeToString(id)[:len(standIn)-len("/tmp/b")]}
	for _, dir := range []string{p.home, p.library(), p.work()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make a place for the tour: %w", err)
		}
	}
	name := wordsOf[lang].runbook + ".md"
	text, err := runbooks.ReadFile("runbooks/" + name)
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(filepath.Join(p.library(), name), text, 0o600)
}

func (p *place) library() string { return filepath.Join(p.home, "data", "bitacora", "runbooks") }
func (p *place) work() string    { return filepath.Join(p.home, "work") }
func (p *place) state() string   { return filepath.Join(p.home, "state", "bitacora") }

// command makes a call of the program, in an environment of its own.
func (p *place) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.bin, append(args, "--lang", p.lang)...)
	cmd.Dir = p.work()
	cmd.Env = []string{
		"HOME=" + p.home, "XDG_STATE_HOME=" + filepath.Join(p.home, "state"), "XDG_DATA_HOME=" + filepath.Join(p.home, "data"),
		"PATH=/usr/bin:/bin", "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "TZ=UTC",
		"BITACORA_OPERATOR=ana", "BITACORA_BACKGROUND=dark", "QUEUE_TOKEN=only-for-the-tour-4711",
	}
	return cmd
}

// quietly runs the program without a terminal.
func (p *place) quietly(args ...string) error {
	if out, err := p.command(args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}

// leave ends the servers of all runs and removes the directory.
func (p *place) leave() error {
	dirs, err := filepath.Glob(filepath.Join(p.state(), "*", "*"))
	if err != nil {
		return err
	}
	clock, err := transcript.NewSystemClock()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if holder, err := transcript.ReadHolder(dir); err == nil && holder.PID != os.Getpid() && holder.Lives(clock.BootID()) {
			_ = syscall.Kill(holder.PID, syscall.SIGKILL) // it may have ended meanwhile
		}
	}
	return os.RemoveAll(p.home)
}

// waitForEnd waits until the action that runs has ended.
func (p *place) waitForEnd(ctx context.Context) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if running, err := p.running(); err != nil || !running {
			return err
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return errors.New("the action does not end")
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// running reports whether an action of the newest run has started and not ended.
func (p *place) running() (bool, error) {
	dirs, err := filepath.Glob(filepath.Join(p.state(), "runs", "*"))
	if err != nil || len(dirs) == 0 {
		return false, errors.Join(err, errors.New("there is no run"))
	}
	got, err := transcript.Read(dirs[len(dirs)-1])
	if err != nil {
		return false, err
	}
	running := false
	for _, ev := range got.Events {
		switch ev.Kind {
		case event.KindActionStarted:
			running = true
		case event.KindActionEnded:
			running = false
		}
	}
	return running, nil
}
