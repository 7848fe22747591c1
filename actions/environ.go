package actions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// reservedPrefix begins the names that our wrappers use.
const reservedPrefix = "__bitacora_"

// markName is the variable by which what a script started is found again. It is
// process.MarkName, repeated because a rehearsal reads this file too and must not
// reach what can spawn.
const markName = "BITACORA_ACTION"

// inherited are the names of the operator's environment that an action needs to
// find tools, homes and accounts. Everything else stays out: what is not known to
// be harmless could change what a command does.
var inherited = regexp.MustCompile(`^(HOME|PATH|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|SHELL|TMPDIR|HOSTNAME|` +
	`SSH_AUTH_SOCK|GNUPGHOME|XDG_[A-Z_]+|DBUS_SESSION_BUS_ADDRESS|KRB5CCNAME|` +
	`KUBECONFIG|AWS_[A-Z0-9_]+|GOOGLE_[A-Z0-9_]+|CLOUDSDK_[A-Z0-9_]+|AZURE_[A-Z0-9_]+|` +
	`DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|SSL_CERT_(FILE|DIR)|` +
	`(https?|no|all|ftp)_proxy|(HTTPS?|NO|ALL|FTP)_PROXY)$`)

// steering are the names by which an environment changes what a shell or the
// dynamic linker runs, or that a shell sets for itself. No value of a run may be
// called so, and none is carried from block to block.
var steering = regexp.MustCompile(`^(BASH.*|ENV|IFS|LD_.*|DYLD_.*|PROMPT_COMMAND|PS[0-4]|SHELLOPTS|POSIXLY_CORRECT|` +
	`EUID|UID|PPID|_|FUNCNAME|FUNCNEST|GROUPS|DIRSTACK|PIPESTATUS|HOSTTYPE|MACHTYPE|OSTYPE|LINENO|SECONDS|S?RANDOM|` +
	`EPOCH(SECONDS|REALTIME)|OPT(IND|ARG|ERR)|SHLVL|PWD|OLDPWD|COMP_.*|COMPREPLY|COPROC|READLINE_.*|REPLY|MAPFILE|` +
	`COLUMNS|LINES|TERM|HIST.*|GLOBIGNORE|CDPATH|EXECIGNORE|TMOUT|TIMEFORMAT|NODE_OPTIONS|PYTHON(STARTUP|PATH|HOME)|PERL5(OPT|LIB)|RUBY(OPT|LIB))$`)

var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// belongsToShell reports whether a variable is the shell's or ours.
func belongsToShell(name string) bool {
	return steering.MatchString(name) || strings.HasPrefix(name, reservedPrefix) || name == markName
}

// lookupEnv returns a value of a "NAME=value" list, "" when it is not there.
func lookupEnv(environ []string, name string) string {
	for _, entry := range environ {
		if key, value, ok := strings.Cut(entry, "="); ok && key == name {
			return value
		}
	}
	return ""
}

// environment is what an action's process is given: the harmless part of the
// operator's, the author's env, the parameters, and the secrets it uses; each
// overrides the ones before.
func environment(environ []string, req Request) ([]string, error) {
	all := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && inherited.MatchString(name) {
			all[name] = value
		}
	}
	all["TERM"], all["PYTHONUNBUFFERED"] = "dumb", "1"
	secrets := map[string]string{}
	for _, name := range req.Action.Secrets {
		if value, ok := req.Secrets[name]; ok {
			secrets[name] = value
		}
	}
	for i, values := range []map[string]string{req.Env, req.Params, secrets} {
		for name, value := range values {
			switch {
			case !shellName.MatchString(name):
				continue // a placeholder such as <pod-name>; it cannot be a variable
			case belongsToShell(name) || i > 0 && (name == "PATH" || name == "HOME"):
				return nil, fmt.Errorf("%s cannot be the name of a value: it would change what commands do; rename it", name)
			case strings.ContainsRune(value, 0):
				return nil, &RefusedValueError{Name: name, Place: "a variable", Reason: "it holds a NUL"}
			}
			all[name] = value
		}
	}
	list := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list, nil
}
