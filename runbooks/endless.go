package runbooks

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// neverEnds reports whether a script runs until somebody stops it: one of its
// commands follows a log, repeats a display or keeps a connection open, in the
// foreground. What cannot be told is taken to end.
func neverEnds(file *syntax.File) bool { return slices.ContainsFunc(file.Stmts, stmtNeverEnds) }

func stmtNeverEnds(stmt *syntax.Stmt) bool {
	if stmt == nil || stmt.Background || stmt.Coprocess {
		return false
	}
	switch cmd := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		words := make([]string, len(cmd.Args))
		for i, w := range cmd.Args {
			words[i] = w.Lit()
		}
		return callNeverEnds(words)
	case *syntax.BinaryCmd:
		piped := cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll
		if piped && endsItsInput(cmd.Y) {
			return false
		}
		return stmtNeverEnds(cmd.X) || stmtNeverEnds(cmd.Y)
	case *syntax.Block:
		return slices.ContainsFunc(cmd.Stmts, stmtNeverEnds)
	case *syntax.Subshell:
		return slices.ContainsFunc(cmd.Stmts, stmtNeverEnds)
	case *syntax.TimeClause:
		return stmtNeverEnds(cmd.Stmt)
	case *syntax.IfClause:
		return slices.ContainsFunc(cmd.Then, stmtNeverEnds)
	case *syntax.ForClause:
		return slices.ContainsFunc(cmd.Do, stmtNeverEnds)
	case *syntax.WhileClause:
		return loopNeverEnds(cmd)
	}
	return false
}

// loopNeverEnds recognises "while true", "while :" and "until false" without a way
// out.
func loopNeverEnds(loop *syntax.WhileClause) bool {
	if slices.ContainsFunc(loop.Do, stmtNeverEnds) {
		return true
	}
	if len(loop.Cond) != 1 {
		return false
	}
	call, ok := loop.Cond[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	word := call.Args[0].Lit()
	if loop.Until && word != "false" || !loop.Until && word != "true" && word != ":" {
		return false
	}
	leaves := false
	for _, stmt := range loop.Do {
		syntax.Walk(stmt, func(n syntax.Node) bool {
			if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				leaves = leaves || slices.Contains([]string{"break", "exit", "return", "exec"}, call.Args[0].Lit())
			}
			return !leaves
		})
	}
	return !leaves
}

// endsItsInput reports whether a command behind a pipe ends when it has seen
// enough, and what writes to it soon after.
func endsItsInput(stmt *syntax.Stmt) bool {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	words := make([]string, len(call.Args))
	for i, w := range call.Args {
		words[i] = w.Lit()
	}
	return endsInput(words)
}

// endsInput reports whether a command ends what writes to it.
func endsInput(words []string) bool {
	switch words[0] {
	case "head", "timeout":
		return true
	case "grep", "egrep", "fgrep":
		return hasFlag(words[1:], "mq", "efABC", "--max-count", "--quiet", "--silent")
	}
	return false
}

// prefixes run the command that follows them.
var prefixes = wordSet("sudo command exec nohup env time stdbuf nice ionice doas")

// mayNeverEnd are the commands that callNeverEnds has something to say about.
var mayNeverEnd = wordSet(`tail journalctl dmesg ping ping6 top tcpdump less sleep inotifywait vmstat iostat mpstat pidstat kubectl oc docker podman
	docker-compose systemctl watch htop iotop iftop nethogs yes stern kubetail multitail`)

// alwaysEndless are commands that only an interruption ends.
var alwaysEndless = wordSet("watch htop iotop iftop nethogs yes stern kubetail multitail")

func callNeverEnds(words []string) bool {
	for len(words) > 0 && (prefixes[words[0]] || strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	name, rest := words[0], words[1:]
	switch name {
	case "tail":
		return hasFlag(rest, "fF", "ncs", "--follow", "--retry") && !hasFlag(rest, "", "", "--pid")
	case "journalctl":
		return hasFlag(rest, "f", "unoptbDSUFgMI", "--follow")
	case "dmesg":
		return hasFlag(rest, "wW", "fln", "--follow", "--follow-new")
	case "ping", "ping6":
		return !hasFlag(rest, "cw", "cwiIsWtlmMpQS") && len(rest) > 0
	case "top":
		return !hasFlag(rest, "nv", "pdsuUo")
	case "tcpdump":
		return !hasFlag(rest, "cr", "iwsCGWyzBF")
	case "less":
		return slices.Contains(rest, "+F")
	case "sleep":
		return slices.Contains(rest, "infinity") || slices.Contains(rest, "inf")
	case "inotifywait":
		return hasFlag(rest, "m", "t", "--monitor")
	case "vmstat", "iostat", "mpstat", "pidstat":
		numbers := slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return !isDigits(w) || w == "" })
		return len(numbers) == 1
	case "kubectl", "oc", "docker", "podman", "docker-compose", "systemctl":
		return clientNeverEnds(name, rest)
	}
	return alwaysEndless[name]
}

// clientNeverEnds judges the clients of clusters and containers by what they are
// asked for.
func clientNeverEnds(name string, words []string) bool {
	for i := 0; i < len(words); i++ {
		rest := words[i+1:]
		switch w := words[i]; {
		case globalFlags[w]:
			i++
			continue
		case strings.HasPrefix(w, "-"), w == "compose", w == "container":
			continue
		case w == "logs":
			return hasFlag(rest, "f", "nclp", "--follow")
		case w == "get" && (name == "kubectl" || name == "oc"):
			return hasFlag(rest, "w", "nolL", "--watch", "--watch-only")
		case w == "port-forward", w == "proxy" && name != "docker":
			return true
		case w == "stats":
			return !hasFlag(rest, "", "", "--no-stream")
		case w == "events" && (name == "docker" || name == "podman"):
			return !hasFlag(rest, "", "", "--until")
		}
		return false
	}
	return false
}

// hasFlag reports whether one of the one-letter flags, also among others in one
// word, or one of the long ones is given and not set to false. The letters in
// valued take the rest of their word, or the next word, as their value.
func hasFlag(words []string, short, valued string, long ...string) bool {
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			return false
		}
		if name, value, _ := strings.Cut(w, "="); strings.HasPrefix(w, "--") {
			if slices.Contains(long, name) && value != "false" {
				return true
			}
			continue
		}
		if len(w) < 2 || w[0] != '-' {
			continue
		}
		for at, letter := range w[1:] {
			if strings.ContainsRune(short, letter) && !strings.HasSuffix(w, "=false") {
				return true
			}
			if strings.ContainsRune(valued, letter) {
				if at == len(w)-2 {
					i++ // its value is the next word
				}
				break
			}
		}
	}
	return false
}
