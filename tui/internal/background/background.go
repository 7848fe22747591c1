// Package background settles whether the terminal's background is dark before
// anybody asks the terminal.
//
// bubbletea v1 asks in its own package initialisation and waits up to five
// seconds for the answer, even when the program only prints its version. Go
// initialises the packages that are ready in the order of their import paths:
// this one needs lipgloss alone, as bubbletea does among others, and its path
// sorts before github.com, so it runs first. Keep it so: this package must never
// import bubbletea, nor anything that does.
package background

import (
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// This is the one init function of the program; see the package comment.
func init() { lipgloss.SetHasDarkBackground(Dark(os.Getenv)) }

// Dark reports whether the background is dark, from the environment alone:
// BITACORA_BACKGROUND=light|dark, else the last number of COLORFGBG as rxvt,
// Konsole and others set it. What nothing is known of counts as dark.
func Dark(getenv func(string) string) bool {
	switch strings.ToLower(getenv("BITACORA_BACKGROUND")) {
	case "light":
		return false
	case "dark":
		return true
	}
	parts := strings.Split(getenv("COLORFGBG"), ";")
	colour, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil {
		return true
	}
	return colour != 7 && colour != 15
}
