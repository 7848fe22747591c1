package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"

	"genia.ai/bitacora/internal/i18n"
)

// guide leads one tour. After its first error it does nothing more.
type guide struct {
	ctx    context.Context
	place  *place
	album  *album
	p      *i18n.Printer
	size   size
	words  words
	settle *settler

	term *terminal
	err  error
}

// take takes the tour in one language and size.
func take(ctx context.Context, bin string, album *album, p *i18n.Printer, size size) (err error) {
	place, err := newPlace(bin, p.Lang())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.leave()) }()
	g := &guide{
		ctx: ctx, place: place, album: album, p: p, size: size,
		words: wordsOf[p.Lang()], settle: newSettler(place.home),
	}
	for _, part := range []func(){g.picker, g.briefing, g.identification, g.execution, g.comeBack, g.wrapUp, g.plain, g.rehearsal} {
		part()
		g.closeTerminal()
	}
	return g.err
}

func (g *guide) run(do func() error) {
	if g.err == nil {
		g.err = do()
	}
}

// open starts the program in a terminal, which keep leaves open for the next part.
func (g *guide) open(args ...string) {
	g.run(func() (err error) {
		g.term, err = open(g.ctx, g.place.command(args...), g.size)
		return err
	})
}

func (g *guide) closeTerminal() {
	if g.term != nil {
		g.term.close()
		g.term = nil
	}
}

func (g *guide) see(texts ...string) { g.run(func() error { return g.term.see(texts...) }) }

func (g *guide) press(keys ...string) { g.run(func() error { return g.term.press(keys...) }) }

func (g *guide) types(text string) { g.run(func() error { return g.term.types(text) }) }

// early is what the screen says to a key that it took for one typed ahead.
func (g *guide) early() *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(g.p.T("tui.msg.early")) + "|" + regexp.QuoteMeta(g.p.T("tui.msg.repeated")))
}

// act presses a key and waits for its effect. Only when the screen says that it
// came too soon is it pressed again.
func (g *guide) act(key string, holds func(screen string) bool) {
	g.actAgain(key, g.early(), holds)
}

// reads runs what only reads. An enter that comes before its command has stood on the
// screen for a moment shows it first, and is pressed once more.
func (g *guide) reads(name string, holds func(screen string) bool) {
	asked := regexp.QuoteMeta(g.p.T("tui.confirm.title", "Name", name)) + "|" + regexp.QuoteMeta(g.p.T("tui.confirm.title-rehearsal", "Name", name))
	g.actAgain("enter", regexp.MustCompile(g.early().String()+"|"+asked), holds)
}

func (g *guide) actAgain(key string, again *regexp.Regexp, holds func(screen string) bool) {
	g.press(key)
	g.run(func() error {
		return g.term.waiting("the effect of "+key, holds, func(screen string) error {
			if again.MatchString(screen) {
				return g.term.press(key)
			}
			return nil
		})
	})
}

// insist presses a key until it has its effect: one that does no harm twice.
func (g *guide) insist(key string, holds func(screen string) bool) {
	g.press(key)
	g.run(func() error {
		return g.term.waiting("the effect of "+key, holds, func(string) error { return g.term.press(key) })
	})
}

// shot writes a screen down.
func (g *guide) shot(scene string) {
	name := fileName(scene, g.p.Lang(), g.size)
	g.run(func() error {
		picture, err := g.term.picture(g.settle, g.album.expected(name))
		if err == nil {
			g.album.add(name, picture)
		}
		return err
	})
}

// next is what enter does, as the footer says it.
func (g *guide) next(id string, args ...any) string { return "enter " + g.p.T("tui.next."+id, args...) }

func (g *guide) yes() string { return g.p.T("tui.yes-keys")[:1] }

// yesRun is the key that lets run what a confirmation shows.
const yesRun = "y"

func (g *guide) picker() {
	g.run(func() error { // so that it was rehearsed before
		w := g.words
		return g.place.quietly("rehearse", w.runbook, "--auto", "--param", "queue="+w.queue, "--answer", w.purge+"="+w.queue,
			"--answer", w.decide+"="+w.fault, "--answer", w.told+"=yes", "--answer", w.learned+"="+w.lesson)
	})
	g.open()
	g.see(g.p.T("tui.picker.title"), g.p.T("tui.foot.open"))
	g.shot("picker")
	g.press("/")
	g.see(g.p.T("tui.picker.filter"))
	g.types(g.words.filter)
	g.press("enter")
	g.see("/" + g.words.filter)
	g.shot("filter")
	g.press("q")
	g.act(g.yes(), func(string) bool { return true })
}

func (g *guide) briefing() {
	g.open("run", g.words.runbook, "--param", "queue="+g.words.queue)
	g.see(g.next("begin"))
	g.shot("briefing")
	g.act("enter", shows(g.p.T("tui.trust.title")))
	g.shot("trust")
	g.act("esc", lacks(g.p.T("tui.trust.title")))
	g.act("d", func(string) bool { return true })
	g.run(func() error { return g.term.wait() })
}

// attach goes on with the run; the dialog of what happened meanwhile is closed.
func (g *guide) attach() {
	g.open("resume", "last")
	g.see("ana")
}

func (g *guide) identification() {
	g.attach()
	g.run(func() error { return g.term.until("the briefing or the dialog", shows(g.p.T("tui.foot.help"))) })
	g.act("enter", shows(g.p.T("tui.trust.title")))
	g.act(g.yes(), shows(g.next("run", "Name", g.words.look)))
	g.reads(g.words.look, shows(g.next("done")))
	g.shot("walk")
	g.act("?", shows(g.p.T("tui.help.title")))
	g.shot("help")
	g.act("esc", lacks(g.p.T("tui.help.title")))
	g.act("n", shows(g.p.T("tui.note.title")))
	g.types(g.words.note)
	g.shot("note")
	g.act("enter", lacks(g.p.T("tui.note.help")))
	g.act("m", shows(g.p.T("tui.milestone.title")))
	g.act("enter", shows(g.p.T("tui.milestone.help")))
	g.types("-5m")
	g.shot("milestone")
	g.act("enter", lacks(g.p.T("tui.milestone.help")))
	g.done("›▶ 2 ")
	g.done(g.next("answer"))
	g.act("enter", shows("enter "+g.p.T("tui.foot.pick")))
	g.shot("choice")
	g.act("enter", shows(g.p.T("tui.choice.reason")))
	g.types(g.words.why)
	g.act("enter", lacks(g.p.T("tui.choice.reason")))
	g.done(g.next("run", "Name", g.words.stop))
	g.act("d", func(string) bool { return true })
	g.run(func() error { return g.term.wait() })
}

// done completes the current step.
func (g *guide) done(then string) {
	g.see(g.next("done"))
	g.act("enter", shows(then))
}

func (g *guide) execution() {
	g.attach()
	g.see(g.next("run", "Name", g.words.stop))
	g.act("enter", shows(g.p.T("tui.confirm.title", "Name", g.words.stop)))
	g.shot("confirm")
	g.act(yesRun, shows(g.next("done")))
	g.done(g.next("run", "Name", g.words.purge))
	g.act("enter", shows(g.p.T("tui.confirm.type", "Target", g.words.queue)))
	g.insist(g.words.queue[:1], shows("> "+g.words.queue[:1])) // the first letter may come too soon
	g.types(g.words.queue[1:])
	g.shot("destructive")
	g.act("enter", shows(g.next("done")))
	g.done(g.next("run", "Name", g.words.replay))
	g.reads(g.words.replay, shows("6: 500", g.p.T("tui.foot.cancel")))
	g.run(func() error {
		silent := regexp.MustCompile(regexp.QuoteMeta(g.p.T("tui.msg.silent", "Time", "")) + `\d+ ?s`)
		return g.term.until("the action is silent", silent.MatchString)
	})
	g.shot("running")
	g.act("d", func(string) bool { return true })
	g.run(func() error { return g.term.wait() })
}

func (g *guide) comeBack() {
	g.run(func() error { return g.place.quietly("note", "last", g.words.meanwhile) })
	g.run(func() error { return os.WriteFile(filepath.Join(g.place.work(), "go"), nil, 0o600) })
	g.run(func() error { return g.place.waitForEnd(g.ctx) })
	g.open("resume", "last")
	g.see(g.p.T("tui.away.title"))
	g.shot("resume")
	g.act("enter", lacks(g.p.T("tui.away.title")))
	g.done(g.next("run", "Name", g.words.check))
	g.reads(g.words.check, shows(g.p.T("tui.fail.retry")))
	g.shot("failure")
	g.press("4")
	g.act("enter", shows(g.p.T("tui.accept.help")))
	g.act(g.words.accepted[:1], shows("> "+g.words.accepted[:1])) // what comes too soon is no reason
	g.types(g.words.accepted[1:])
	g.shot("skip")
	g.act("enter", shows(g.next("run", "Name", g.words.start)))
	g.act("enter", shows(g.p.T("tui.confirm.title", "Name", g.words.start)))
	g.act(yesRun, shows(g.next("done")))
	g.done(g.next("answer"))
	g.act("d", func(string) bool { return true })
	g.run(func() error { return g.term.wait() })
}

func (g *guide) wrapUp() {
	g.attach()
	g.see(g.next("answer"))
	g.act("enter", shows(g.p.T("answer.yes"), "enter "+g.p.T("tui.foot.pick")))
	g.act(yesRun, shows(g.next("done")))
	g.done(g.next("answer"))
	g.act("enter", shows("enter "+g.p.T("tui.foot.accept-text")))
	g.types(g.words.lesson)
	g.act("enter", shows(g.next("done")))
	g.act("+", shows(g.p.T("tui.todo.title")))
	g.types(g.words.todo)
	g.act("enter", lacks(g.p.T("tui.todo.help")))
	g.act("t", shows(g.p.T("tui.timeline.jump")))
	g.shot("timeline")
	g.act("esc", shows(g.next("done")))
	g.act("enter", shows(g.p.T("tui.sum.complete")))
	g.shot("summary")
	g.act("enter", shows(g.p.T("tui.end.title")))
	g.act(yesRun, shows(g.p.T("run.incomplete")))
	g.press("q")
	g.run(func() error { return g.term.wait() })
}

func (g *guide) plain() {
	g.open("run", g.words.runbook, "--plain", "--param", "queue="+g.words.queue)
	g.see(g.p.T("plain.begin"))
	g.press("enter")
	g.see(g.p.T("plain.run.prompt"))
	g.press("enter")
	g.see(g.p.T("plain.step.prompt"))
	g.press("enter")
	g.see("identification.2", g.p.T("plain.step.prompt")+" >")
	g.shot("plain")
}

func (g *guide) rehearsal() {
	g.open("rehearse", "rollback-conectores", "--param", "connector=facebook", "--param", "version=v1.4.2")
	g.see(g.next("begin"))
	g.act("enter", shows(g.next("run", "Name", "firing-alerts")))
	g.reads("firing-alerts", shows(g.next("done")))
	g.shot("rehearsal")
	g.act("d", func(string) bool { return true })
	g.run(func() error { return g.term.wait() })
}
