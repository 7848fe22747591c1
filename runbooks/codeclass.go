package runbooks

import (
	"slices"
	"strings"
)

// codeClass says what a block of code is for.
type codeClass int

const (
	codeContext codeClass = iota // configuration or unknown: shown, copyable
	codeAction                   // can be run or asks
	codeOutput                   // what a command prints
	codeQuery                    // something to run in a console that we do not drive
)

// codeReading is a block of code, classified.
type codeReading struct {
	class  codeClass
	kind   Kind
	info   info
	err    *syntaxError
	code   string
	sample string // output that followed the commands in the same block

	skipped int // lines of the block above the first of code

	script *codeScript // nil when it was not read ahead
}

// languages of scripts, by the first word of the info string.
var (
	shellWords  = []string{"sh", "bash", "zsh", "ksh", "dash", "shell", "console", "command", "terminal", "shell-session", "shellsession", "shellscript"}
	isShellName = wordSet(strings.Join(shellWords, " "))
	scriptWords = []string{"python", "python3", "py"}
	// scripts in these are as often typed into a console as they are run whole:
	// they are actions only when attributes say so.
	consoleWords = []string{"ruby", "rb", "perl", "node", "javascript", "js", "php"}
	queryWords   = []string{"sql", "postgresql", "mysql", "mongo", "mongodb", "redis", "kql", "kusto", "logql", "graphql", "cypher", "powershell", "cmd", "pwsh"}
	outputWords  = []string{"output", "text", "txt", "log", "logs", "tree", "mermaid", "markdown", "md", "plaintext", "none"}
	askWords     = []string{"http", "mail", "promql", "choice", "input", "confirm"}
)

// reading says what a block is, by its info string, else by its content, and
// remembers it.
func (b *block) reading() *codeReading {
	if b.read == nil {
		r := classifyCode(b)
		b.read = &r
	}
	return b.read
}

func classifyCode(b *block) codeReading {
	in, err := readInfo(b.info)
	in.attrs, _ = splitIgnores(in.attrs)
	for _, d := range b.notes {
		in.attrs = append(in.attrs, notesOn(d)...)
	}
	r := codeReading{info: in, err: err, code: b.code}
	declared := len(in.attrs) > 0
	word := strings.ToLower(in.word)
	switch {
	case word == "output", !isShellWord(word) && !slices.Contains(askWords, word) && compared(b.notes):
		r.class = codeOutput
	case slices.Contains(askWords, word):
		r.class, r.kind = codeAction, Kind(word)
	case isShellWord(word):
		r.shell(word, declared, b.cue)
	case slices.Contains(scriptWords, word), slices.Contains(consoleWords, word) && declared:
		r.class, r.kind = codeAction, KindShell
	case slices.Contains(consoleWords, word), slices.Contains(queryWords, word):
		r.class = codeQuery
	case word == "":
		r.unlabelled(declared, b.cue)
	case announcesOutput(b.cue) && slices.Contains(outputWords, word):
		r.class = codeOutput
	}
	if r.class == codeAction && strings.TrimSpace(r.code) == "" && r.kind == KindShell {
		r.class = codeContext
	}
	return r
}

// compared reports whether a block is what an output is compared with.
func compared(notes []directive) bool {
	return slices.ContainsFunc(notes, func(d directive) bool { return d.similarity != "" })
}

func isShellWord(word string) bool {
	return isShellName[word] || strings.HasPrefix(word, "azurecli")
}

// notesOn returns a directive's attributes; they count as if they stood in the
// info string, whose own come first.
func notesOn(d directive) []attribute {
	list := slices.Clone(d.attrs)
	for i := range list {
		list[i].line = d.line
	}
	return list
}

// prompted reads a block whose commands stand behind prompts. It reports false
// when there are none.
func (r *codeReading) prompted() bool {
	t, ok := readTranscript(r.code)
	if !ok {
		return false
	}
	r.class, r.kind = codeAction, KindShell
	r.code, r.sample, r.skipped = t.code, t.sample, t.skipped
	if t.commands == 0 {
		r.class, r.code, r.sample = codeOutput, "", ""
	}
	return true
}

// shell reads a block that says it is for a shell. Without prompts all of it is
// one script, but for what can only have been printed.
func (r *codeReading) shell(word string, declared bool, cue string) {
	if r.prompted() {
		return
	}
	first := firstCommand(r.code)
	switch {
	case declared:
		r.class, r.kind = codeAction, KindShell
	case first == "": // nothing but comments
	case word == "console" && !likeCommand(first) && looksLikeQuery(r.code), isConsole(first):
		r.class = codeQuery
	case isPrinted(first), announcesOutput(cue) && !likeCommand(first):
		r.class = codeOutput
	case word == "console" && !likeCommand(first):
		r.class = codeContext
	default:
		r.class, r.kind = codeAction, KindShell
		r.code, r.sample = splitPrinted(r.code)
	}
}

// unlabelled classifies a block that says nothing about itself.
func (r *codeReading) unlabelled(declared bool, cue string) {
	first := firstCommand(r.code)
	lines := strings.SplitAfter(r.code, "\n")
	switch shared := sharedIndent(lines); {
	case declared:
		if !r.prompted() {
			r.class, r.kind = codeAction, KindShell
		}
	case isConsole(first):
		r.class = codeQuery
	case r.prompted():
	case likeCommand(first) && sharedIndent(lines[:1]) == shared:
		r.class, r.kind = codeAction, KindShell
		r.code, r.sample = leadingCommands(r.code)
	case announcesOutput(cue):
		r.class = codeOutput
	case looksLikeQuery(r.code):
		r.class = codeQuery
	}
}

// announcesOutput looks at the end of the text above a block.
func announcesOutput(cue string) bool {
	if len(cue) > 300 {
		cue = cue[len(cue)-300:]
	}
	runes := []rune(cue)
	return outputCues.in(wordsOf(string(runes[max(0, len(runes)-60):])))
}

var (
	pathStart  = lazily(`^(?:\.{1,2}|~)?/[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*(?:\s|$)`)
	assignment = lazily(`^(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=([^\s'"$` + "`" + `({]*)(\S*)`)
	queryStart = lazily(`(?i)^(?:select\b.*\bfrom\b|update\b.*\bset\b|delete from\b|insert into\b|create (?:table|index|user)\b|alter \w+\b|(?:sum|rate|avg|max|min|count|increase|histogram_quantile|topk)\s*(?:by\s*\(.*?\)\s*)?\(.*[\[{(])`)
)

// firstCommand returns the first line that is neither empty nor a comment.
func firstCommand(code string) string {
	for line := range strings.SplitSeq(code, "\n") {
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "#") {
			return t
		}
	}
	return ""
}

// likeCommand reports whether a line starts with a known command, a path or an
// assignment.
func likeCommand(line string) bool {
	if line == "" {
		return false
	}
	if pathStart().MatchString(line) {
		return true
	}
	if m := assignment().FindStringSubmatch(line); m != nil {
		// X=1 is one, and so is X=1 cmd; notAfter=Aug 6 is what was printed.
		rest := strings.TrimSpace(line[len(m[0]):])
		return m[2] != "" || rest == "" || strings.ContainsAny(rest[:1], ";&|#") || likeCommand(rest)
	}
	first := strings.TrimLeft(strings.Fields(line + " x")[0], "(")
	return knownCommands[first] && !strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(line, first)), ": ")
}

func looksLikeQuery(code string) bool {
	return queryStart().MatchString(strings.TrimSpace(code))
}

// commandSpans returns the code spans that look like commands: a known command
// and at least one argument.
func commandSpans(spans []string) []string {
	var list []string
	for _, s := range spans {
		fields := strings.Fields(s)
		if len(fields) > 1 && knownCommands[fields[0]] && len(s) < 2000 {
			list = append(list, s)
		}
	}
	return list
}

// knownCommands start what people type in a shell.
var knownCommands = wordSet(`alias ansible ansible-playbook apt apt-get aws awk az base64 bash brew bundle bzip2 cargo cat cd ceph chmod chown
	cp createdb crictl cron crontab ctr curl cut date dd df dig docker docker-compose dropdb du echo env etcdctl eval exec export fastly
	find for firewall-cmd flux free function gcloud git gitlab-ctl gitlab-rake go gpg grep gsutil gunzip gzip head helm helmfile heroku host htop
	http if ip iptables jq journalctl k k9s kill killall kubeadm kubectl kubectx kubens knife less ln ls lsblk lsof make mkdir mkfs mongo mongosh
	mount mv mysql mysqldump nc netstat newgrp nginx nmap node nohup npm npx nslookup oc oci odo openssl osd patronictl pg_dump pg_restore pgrep
	php pip pip3 ping pkill pnpm podman printf promtool psql pulumi pwd python python3 rails rake redis-cli rm rmdir rsync ruby scp sed
	service set sftp sh sleep sort source ssh ssh-keygen ss stat su sudo systemctl tail tar tcpdump tee telnet terraform terragrunt test time
	top touch tr traceroute uname unzip uptime useradd usermod vault vi vim vgs virtctl wc wget while whoami xargs yarn yq yum zcat zip
	cloud-platform dnf kustomize argocd calicoctl istioctl rabbitmqctl supervisorctl apk bundle consul nomad packer sops minikube kind rbd`)
