//go:build race

package tui

// Under the race detector everything takes eight times as long, and the screens have one
// goroutine: there a part of the events is enough. `make check` sends all of them without it.
const events = 10_000
