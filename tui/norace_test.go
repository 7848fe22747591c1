//go:build !race

package tui

const events = 100_000
