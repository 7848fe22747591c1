package actions

import "sync"

// ShellState carries variables, functions and the working directory from one
// shell action of a run to the next, in memory only. A block that fails leaves
// it unchanged.
type ShellState struct {
	mu     sync.Mutex
	script []byte // declarations to run before the next block
	dir    string // "" = the run's own directory
}
