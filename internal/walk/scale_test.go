package walk

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/runbooks"
)

// straight is a run of so many steps with one action each, half walked.
func straight(steps int) State {
	rb := &runbooks.Runbook{}
	for i := range steps {
		id := fmt.Sprint("s", i)
		rb.Sequence = append(rb.Sequence, &runbooks.Step{ID: id, Text: id, Phase: runbooks.PhaseExecution, Actions: []*runbooks.Action{
			{ID: id + ".a", Kind: runbooks.KindShell, Effect: runbooks.EffectWrite, Declared: true},
		}})
	}
	s := New(NewPlan(rb))
	s = carry(s, Start{event.RunStarted{Run: "r", Mode: event.ModeLive}})
	s = carry(s, Begin{})
	return carry(s, Goto{Step: fmt.Sprint("s", steps/2)})
}

// carry applies what a command causes.
func carry(s State, cmd Command) State {
	events, err := Decide(s, cmd)
	if err != nil {
		panic(err)
	}
	for _, ev := range events {
		ev.Seq = s.Seq + 1
		s = Apply(s, ev)
	}
	return s
}

// turn walks one step and asks what front ends ask of every state.
func turn(s State) State {
	action := s.NextAction()
	s = carry(s, Run{Action: action.ID, Confirmed: true})
	s = carry(s, Ended{Action: action.ID, Ending: event.Ending{Outcome: event.OutcomeOK}})
	step := s.Current()
	if s.Position(step.ID) == 0 || s.Complete() || s.Failure() != nil || s.NextAction() != nil {
		panic("the walk is not where it should be")
	}
	if _, total, _ := s.Progress(); total == 0 {
		panic("there are no steps")
	}
	return carry(s, Done{Step: step.ID})
}

// TestAStepCostsTheSameInALongRunbook allows a step of a thousand times as long a
// runbook ten times the memory and thirty times the time.
func TestAStepCostsTheSameInALongRunbook(t *testing.T) {
	cost := func(steps int) (quickest time.Duration, allocated float64) {
		s := straight(steps)
		quickest = time.Hour
		for range 20 {
			began := time.Now()
			turn(s)
			quickest = min(quickest, time.Since(began))
		}
		return quickest, bytesOf(func() { turn(s) })
	}
	short, little := cost(30)
	long, much := cost(30_000)
	if long > 30*short || much > 10*little {
		t.Errorf("a step takes %v and %.0f bytes, in a short runbook %v and %.0f", long, much, short, little)
	}
}

// bytesOf returns how many bytes f allocates.
func bytesOf(f func()) float64 {
	const runs = 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / runs
}

func BenchmarkStep(b *testing.B) {
	for _, steps := range []int{10, 100, 1000, 20_000} {
		s := straight(steps)
		b.Run(fmt.Sprint(steps), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				turn(s)
			}
		})
	}
}
