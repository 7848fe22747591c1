// Package walk is the pure state machine of a run: what may be done now, and
// what is known after it was done.
//
// Decide turns a command into the events that it causes, or into a *Refusal;
// Apply turns a state and an event into the next state. Neither knows a clock, a
// disk or a terminal, and neither changes its arguments, so a state can be kept,
// compared and replayed freely: the state of a run is Replay of its events. What an
// event costs does not grow with the length of the runbook: a state is a tree that
// shares with the one before all but the path to what changed, and counts what it
// holds, so that nothing is searched step by step.
//
// The package guarantees: a step of a scenario that was not chosen never
// becomes current; no step of the execution phase becomes current while a
// choice or a scenario that stands before it is undecided; an action starts
// only in the current step, one at a time, confirmed as its effect demands.
package walk
