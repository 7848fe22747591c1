package actions

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

// The wrappers run around a block, in the same shell. They read what earlier
// blocks left from descriptor 5, run the block from descriptor 4, and at its end,
// also after an exit, write to descriptor 6 what it leaves. All that passes
// through pipes; nothing of it is in an argument or a file. The options of set and
// the traps of a block end with it.

// bashWrapper tells apart records by their first letter: V a variable and F a
// function as bash itself would declare them, X the attributes of a function, O an
// option of shopt (how patterns match), D the directory; B begins what was there before the block, A what is there after
// it, E is the end. Records end with NUL, which no value can hold.
const bashWrapper = `BASH_ARGV0=bash
exec {__bitacora_to}>&6 3<&- 6>&-
__bitacora_tell() {
  builtin local -a __bitacora_list
  builtin local __bitacora_name
  builtin printf '%s\0' "$1"
  builtin mapfile -t __bitacora_list < <(builtin compgen -v)
  for __bitacora_name in "${__bitacora_list[@]}"; do
    builtin printf V
    builtin declare -p "$__bitacora_name"
    builtin printf '\0'
  done
  builtin mapfile -t __bitacora_list < <(builtin compgen -A function)
  for __bitacora_name in "${__bitacora_list[@]}"; do
    builtin printf F
    builtin declare -f "$__bitacora_name"
    builtin printf '\0X'
    builtin declare -pF "$__bitacora_name"
    builtin printf '\0'
  done
  builtin mapfile -t __bitacora_list < <(builtin shopt -p)
  builtin printf 'O%s\0' "${__bitacora_list[@]}"
  builtin printf 'D%s\0' "$PWD"
} >&"$__bitacora_to" 2>/dev/null
__bitacora_end() {
  { builtin set +eux; builtin trap - DEBUG ERR RETURN; } 2>/dev/null
  if [[ -z $__bitacora_done ]]; then
    __bitacora_done=1
    __bitacora_tell A
    builtin printf 'E\0' >&"$__bitacora_to"
  fi
}
__bitacora_done=
builtin shopt -s extglob
builtin source /dev/fd/5
exec 5<&-
__bitacora_tell B
trap '{ __bitacora_rc=$?; builtin set +x; } 2>/dev/null; __bitacora_end; builtin exit "$__bitacora_rc"' EXIT
builtin source /dev/fd/4
{ __bitacora_rc=$?; builtin set +x; } 2>/dev/null
__bitacora_end
builtin exit "$__bitacora_rc"
`

// posixWrapper does the same with what every sh has: exported variables, told as
// NAME=value by env, and the directory.
const posixWrapper = `exec 3<&-
__bitacora_tell() {
  printf '%s\0D%s\0' "$1" "$PWD"
  command -p env -0
} >&6 2>/dev/null
__bitacora_end() {
  set +eu
  if [ -z "$__bitacora_done" ]; then
    __bitacora_done=1
    __bitacora_tell A
    printf 'E\0' >&6
  fi
}
__bitacora_done=
. /dev/fd/5
exec 5<&-
__bitacora_tell B
trap '{ __bitacora_rc=$?; set +x; } 2>/dev/null; __bitacora_end; exit "$__bitacora_rc"' EXIT
. /dev/fd/4
{ __bitacora_rc=$?; set +x; } 2>/dev/null
__bitacora_end
exit "$__bitacora_rc"
`

// maxState bounds what a block may leave behind, in bytes.
const maxState = 8 << 20

// left is what a block left.
type left struct {
	before, after []carried
	dir           string
}

// errNothingLeft says that a block ended without telling what it leaves, because
// it replaced the shell or its EXIT trap, or left too much.
var errNothingLeft = errors.New("the block did not end in its own shell, or left too much")

// parseLeft reads what a wrapper wrote.
func parseLeft(data []byte) (left, error) {
	var l left
	into := &l.before
	for {
		record, rest, ok := bytes.Cut(data, []byte{0})
		if !ok {
			return left{}, errNothingLeft
		}
		data = rest
		text := string(record)
		switch {
		case text == "E":
			return l, nil
		case text == "B":
			into = &l.before
		case text == "A":
			into = &l.after
		case strings.HasPrefix(text, "D"):
			l.dir = text[1:]
		default:
			keepRecord(into, text)
		}
	}
}

var (
	declaration = regexp.MustCompile(`(?s)^Vdeclare -([A-Za-z-]+) ([A-Za-z_][A-Za-z0-9_]*)(=.*)?$`)
	function    = regexp.MustCompile(`(?s)^F([^\s()]+) ?\(\)`)
	exported    = regexp.MustCompile(`^Xdeclare -f[A-Za-z]*x[A-Za-z]* (\S+)`)
	option      = regexp.MustCompile(`^Oshopt -[su] ([a-z_]+)$`)
	assignment  = regexp.MustCompile(`(?s)^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)
)

// keepRecord adds what one record declares, unless it belongs to the shell.
func keepRecord(into *[]carried, text string) {
	if m := declaration.FindStringSubmatch(text); m != nil {
		if !strings.Contains(m[1], "r") && !belongsToShell(m[2]) {
			*into = append(*into, carried{m[2], strings.TrimSuffix(text[1:], "\n")})
		}
		return
	}
	if m := function.FindStringSubmatch(text); m != nil {
		if !strings.HasPrefix(m[1], reservedPrefix) {
			*into = append(*into, carried{m[1] + "()", text[1:]})
		}
		return
	}
	if m := option.FindStringSubmatch(text); m != nil {
		*into = append(*into, carried{optionPrefix + m[1], text[1:]})
		return
	}
	if m := exported.FindStringSubmatch(text); m != nil && len(*into) > 0 {
		if last := &(*into)[len(*into)-1]; last.name == m[1]+"()" {
			last.text += "export -f " + m[1] + "\n"
		}
		return
	}
	if m := assignment.FindStringSubmatch(text); m != nil && !belongsToShell(m[1]) {
		*into = append(*into, carried{m[1], "export " + m[1] + "=" + singleQuote(m[2])})
	}
}

// optionPrefix begins the names of carried options; no variable is called so.
const optionPrefix = "shopt "

func singleQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
