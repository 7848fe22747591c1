package actions

import (
	"fmt"
	"strings"
	"time"
)

// A block on another host reaches it on standard input alone: a header line, the
// preamble, then the block's own bytes. The command line, here and there, is the
// constant below; no value, no secret and nothing of the block is ever in it.
//
// Of the shell that reads it nothing is asked but POSIX, and of the login shell
// that starts it no more than exec and single quotes: hence one line, without a
// single quote, an exclamation mark or a backslash. Standard input stays open
// while the block runs. Its end means that the block is not wanted any more, or
// that the connection is gone: then, and when the block ends by itself, every process that carries
// the mark is told TERM, and what is left after the grace is killed. A process
// group would not do: some SSH servers share theirs with what they start.
//
// Header: bytes of the preamble, bytes of the block, tenths of a second of grace,
// the mark, and the nonce that begins our lines on standard error.
var remoteCommand = "exec sh -c '" + strings.Join(strings.Fields(remoteWrapper), " ") + "'"

// k signals what carries the mark, each process once, and tells whether there was
// any; x ends it all. A shell becomes a marked process only when the interpreter
// takes its place: /proc tells the environment that a program was started with.
const remoteWrapper = `
unset a b g m z p t i n c s;
read -r a b g m z || exit 1;
exec 3<&0 </dev/null;
p=$(dd bs=1 count=$a <&3 2>/dev/null);
k() {
  s=$(grep -ls "BITACORA_ACTION=$m" /proc/[0-9]*/environ);
  for i in $s; do
    i=${i#/proc/}; i=$1.${i%/environ};
    case "$t " in
      *" $i "*) ;;
      *) t="$t $i"; kill -$1 ${i#*.} 2>/dev/null ;;
    esac;
  done;
  [ -n "$s" ];
};
x() {
  trap "" HUP TERM PIPE; n=0;
  while k TERM && [ $n -lt $g ]; do n=$((n+1)); sleep 0.1 2>/dev/null || sleep 1; done;
  n=0;
  while k KILL && [ $n -lt 20 ]; do n=$((n+1)); sleep 0.1 2>/dev/null || sleep 1; done;
};
echo "$z begin" >&2;
{ head -c $b <&3; exec >/dev/null 2>&1; BITACORA_ACTION=$m cat <&3; x; } |
{ exec 4>&2 2>/dev/null; ( exec 5<&0 </dev/null 3<&- 2>&4 4>&-; eval "$p" ); c=$?; x; echo "$z end $c" >&4; exit $c; }
`

// remoteBlock is what is sent for one attempt of a block on a host.
type remoteBlock struct {
	nonce string // begins our lines on standard error; no process is told it
	input []byte
}

// newRemoteBlock writes down a block for its host. env is what it is given; mark
// and nonce are drawn for this attempt alone.
func newRemoteBlock(plan shellPlan, code string, env []string, grace time.Duration, mark, nonce string) remoteBlock {
	preamble := remotePreamble(plan, env, mark, nonce)
	header := fmt.Sprintf("%d %d %d %s %s\n", len(preamble), len(code), (grace+99*time.Millisecond)/(100*time.Millisecond), mark, nonce)
	return remoteBlock{nonce: nonce, input: []byte(header + preamble + code)}
}

// remotePreamble gives the block its values and directory and lets the interpreter
// take the place of the shell. It ends in no newline, which the shell would drop.
func remotePreamble(plan shellPlan, env []string, mark, nonce string) string {
	var b strings.Builder
	b.WriteString("unset BASH_ENV ENV\nexport " + markName + "=" + singleQuote(mark) + "\n")
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		b.WriteString("export " + name + "=" + singleQuote(value) + "\n")
	}
	b.WriteString("set --")
	for _, arg := range plan.args {
		b.WriteString(" " + singleQuote(arg))
	}
	if dir := plan.dir; dir != "" {
		if rest, ok := strings.CutPrefix(dir, "~/"); ok {
			dir = `"$HOME"/` + singleQuote(rest)
		} else if dir = singleQuote(dir); !strings.HasPrefix(plan.dir, "/") {
			dir = "./" + dir // neither an option nor something that CDPATH knows
		}
		fmt.Fprintf(&b, "\ncd %s 2>/dev/null || { echo '%s dir' >&2; exit 1; }", dir, nonce)
	}
	script := `/dev/fd/5 "$@"`
	if plan.interpreter.stdin {
		script = `- "$@" <&5`
	}
	const program = reservedPrefix + "p"
	fmt.Fprintf(&b, "\nfor %s in %s; do command -v $%[1]s >/dev/null 2>&1 && exec $%[1]s %[3]s; done",
		program, strings.Join(plan.interpreter.programs, " "), script)
	fmt.Fprintf(&b, "\necho '%s program' >&2\nexit 127", nonce)
	return b.String()
}
