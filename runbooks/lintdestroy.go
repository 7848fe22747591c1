package runbooks

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// destroys finds commands that cannot be taken back in blocks that do not say so.
func (l *linter) destroys(a *placedAction, t *shellText) {
	if a.Effect == EffectDestructive {
		return
	}
	if what, at := t.destroyer(); what != "" {
		s, _ := l.at(a, at)
		l.destroyed(a, s, what)
	}
}

// destroyed reports something that cannot be taken back, as bad as what its block
// says of itself makes it.
func (l *linter) destroyed(a *placedAction, s spot, what string) {
	switch {
	case a.Declared && a.Effect == EffectRead:
		l.report(SeverityError, "effect-understated", s, fmt.Sprintf("%s destroys, but the block says effect=read: it would run without a question", what), "put effect=destructive")
	case a.Declared:
		l.report(SeverityInfo, "destructive-command", s, fmt.Sprintf("%s cannot be taken back; the block says effect=write", what), "put effect=destructive: what is destroyed is then typed to confirm")
	default:
		f := l.report(SeverityWarning, "destructive-command", s, fmt.Sprintf("%s cannot be taken back, and the block does not say so", what), "put effect=destructive: what is destroyed is then typed to confirm")
		f.Fix = l.effectFix(a, EffectDestructive)
	}
}

// deletes finds requests that delete in actions that say nothing of it, or less. A
// declared write is taken at its word: some things are switched back on so.
func (l *linter) deletes(a *placedAction) {
	if a.Kind == KindHTTP && httpMethod(a.Code) == http.MethodDelete && (!a.Declared || a.Effect == EffectRead) {
		s, _ := l.atCode(a, lineOf(a.Code, http.MethodDelete), 0)
		l.destroyed(a, s, http.MethodDelete)
	}
}

// destroysOtherwise looks at scripts that are not for a shell.
func (l *linter) destroysOtherwise(a *placedAction) {
	if a.Kind != KindShell || a.isShell() || a.Effect == EffectDestructive {
		return
	}
	if what, line, at := a.destroysInCode(a.Code); what != "" {
		s, _ := l.atCode(a, line, at)
		l.destroyed(a, s, what)
	}
}

// verbsOf are the subcommands that destroy, by program.
var verbsOf = map[string]map[string]bool{
	"helm":        wordSet("uninstall delete"),
	"zfs":         wordSet("destroy"),
	"zpool":       wordSet("destroy"),
	"etcdctl":     wordSet("del"),
	"gcloud":      wordSet("delete"),
	"az":          wordSet("delete purge"),
	"doctl":       wordSet("delete"),
	"vault":       wordSet("delete"),
	"rabbitmqctl": wordSet("delete_queue purge_queue delete_vhost reset force_reset"),
	"gh":          wordSet("delete"),
	"argocd":      wordSet("delete"),
	"eksctl":      wordSet("delete"),
	"velero":      wordSet("delete"),
	"openstack":   wordSet("delete"),
	"consul":      wordSet("delete"),
	"heroku":      wordSet("apps:destroy pg:reset"),
	"vagrant":     wordSet("destroy"),
	"virsh":       wordSet("destroy undefine"),
	"rclone":      wordSet("delete purge"),
	"gsutil":      wordSet("rb"),
}

// destroyers are programs that do nothing else.
var destroyers = wordSet("dropdb dropuser mkfs mkfs.ext4 mkfs.xfs mkfs.btrfs wipefs shred lvremove vgremove pvremove userdel groupdel")

var sqlClients = wordSet("psql mysql mariadb sqlite3 sqlcmd cqlsh clickhouse-client clickhouse mongosh mongo redis-cli sqlplus")

var destroyingSQL = lazily(`(?i)\b(?:drop\s+(?:table|database|schema|user|role|index|keyspace|collection)\b|truncate\s+(?:table\s+)?\w|flush(?:all|db)\b|dropDatabase\(|deleteMany\(\s*\{\s*\}|delete\s+from\s+[\w."]+\s*(?:;|$))`)

// destructive names what a command destroys with, "" when it does not look like it,
// and the place of what tells, if it is not the command's own.
func destructive(c shellCall) (what string, at syntax.Pos) {
	if c.onlyTells() {
		return "", at
	}
	if c.empties {
		return strings.TrimSpace("> " + c.emptied), at
	}
	switch c.name {
	case "git":
		return destroyingGit(c), at
	case "kubectl", "oc", "terraform", "tofu", "pulumi", "terragrunt", "docker", "docker-compose", "podman", "podman-compose", "aws":
		return destroyingClient(c), at
	case "rm", "find", "dd", "crontab", "truncate", "rsync", "gsutil":
		if what, at = destroyingFiles(c); what != "" {
			return what, at
		}
	case "curl":
		return destroyingRequest(c), at
	case "kafka-topics", "kafka-topics.sh", "kafka-consumer-groups", "kafka-consumer-groups.sh":
		if c.has("--delete") {
			return c.name + " --delete", at
		}
	}
	if destroyers[c.name] {
		return c.name, at
	}
	if verb := c.destroyingVerb(); verb != "" {
		return c.name + " " + verb, at
	}
	if sqlClients[c.name] {
		if m := destroyingSQL().FindString(c.text() + "\n" + c.fed); m != "" {
			return strings.Join(strings.Fields(m), " "), at
		}
	}
	return "", at
}

// destroyingVerb returns the subcommand that destroys, "" when there is none: what
// stands behind an option is its value, and what comes after a verb that reads is
// only a name.
func (c shellCall) destroyingVerb() string {
	verbs := verbsOf[c.name]
	if verbs == nil {
		return ""
	}
	for i := 0; i < len(c.args); i++ {
		text := c.args[i].text
		switch {
		case strings.HasPrefix(text, "-"):
			if !strings.Contains(text, "=") && !switches[text] {
				i++
			}
		case verbs[text]:
			return text
		case slices.Contains([]string{"list", "get", "describe", "show", "read", "status", "history", "search", "view"}, text):
			return ""
		}
	}
	return ""
}

// switches are options of these programs that take no value.
var switches = wordSet("-q --quiet -y --yes --force -f -r -R -v --verbose --debug --wait --async --no-wait --purge --recursive -A --all")

// destroyingFiles judges what removes files, or writes over them.
func destroyingFiles(c shellCall) (what string, at syntax.Pos) {
	starts := func(start string) func(argument) bool {
		return func(a argument) bool { return strings.HasPrefix(a.text, start) && a.text != "of=/dev/null" }
	}
	switch {
	case c.name == "rm" && (c.short("rR") || c.has("--recursive")):
		return "rm -r", at
	case c.name == "rm" && c.many:
		return "xargs rm", at
	case c.name == "truncate" && (c.has("-s", "--size", "--size=0", "-s0")):
		return "truncate", at
	case c.name == "rsync" && slices.ContainsFunc(c.args, starts("--delete")):
		return "rsync --delete", at
	case c.name == "gsutil" && c.has("rm") && (c.short("rR")):
		return "gsutil rm -r", at
	case c.name == "find" && c.has("-delete"):
		if i := slices.IndexFunc(c.args, starts("-delete")); i < len(c.words) {
			at = c.words[i].Pos()
		}
		return "find -delete", at
	case c.name == "find" && c.has("rm") && c.has("-exec", "-execdir"):
		return "find -exec rm", at
	case c.name == "dd" && slices.ContainsFunc(c.args, starts("of=/dev/")):
		return "dd " + c.args[slices.IndexFunc(c.args, starts("of=/dev/"))].text, at
	case c.name == "crontab" && c.has("-r"):
		return "crontab -r", at
	}
	return "", at
}

// curlFlags are the short options of curl that take no value.
const curlFlags = "012346aBfgGiIjJklLMnNOpqRsSvVZ#"

// destroyingRequest finds a request that deletes.
func destroyingRequest(c shellCall) string {
	for i, a := range c.args {
		method, next := "", false
		switch text, long := strings.CutPrefix(a.text, "--request"); {
		case long:
			method, next = strings.TrimPrefix(text, "="), text == ""
		case strings.HasPrefix(a.text, "-"):
			cluster, isMethod := strings.CutPrefix(strings.TrimLeft(a.text[1:], curlFlags), "X")
			method, next = cluster, isMethod && cluster == ""
			if !isMethod {
				continue
			}
		}
		if next && i+1 < len(c.args) {
			method = c.args[i+1].text
		}
		if strings.EqualFold(method, http.MethodDelete) {
			return "curl -X DELETE"
		}
	}
	return ""
}

// destroyingClient judges the clients of clusters, containers and clouds.
func destroyingClient(c shellCall) string {
	verb, next := c.verb(0), c.verb(1)
	switch c.name {
	case "kubectl", "oc":
		if verb == "delete" || verb == "replace" && c.has("--force") {
			return c.name + " " + verb
		}
	case "docker", "podman":
		if next == "prune" || verb == "rm" && (c.short("fv") || c.has("--force", "--volumes")) || verb == "volume" && next == "rm" || verb == "compose" && c.has("down") && c.has("--volumes", "-v") {
			return c.name + " " + verb + " " + next
		}
	case "docker-compose", "podman-compose":
		if c.has("down") && c.has("--volumes", "-v") {
			return c.name + " down"
		}
	case "aws":
		if strings.HasPrefix(next, "delete") || strings.HasPrefix(next, "terminate") || verb == "s3" && (next == "rb" || next == "rm" && c.has("--recursive")) {
			return "aws " + verb + " " + next
		}
	default:
		if verb == "destroy" || c.has("-destroy", "--destroy") {
			return c.name + " destroy"
		}
	}
	return ""
}

func destroyingGit(c shellCall) string {
	switch c.verb(0) {
	case "push":
		if c.has("--force", "--mirror", "--delete") || c.short("fd") || slices.ContainsFunc(c.args, func(a argument) bool {
			return strings.HasPrefix(a.text, "--force-with-lease") || len(a.text) > 1 && strings.ContainsAny(a.text[:1], "+:")
		}) {
			return "git push --force"
		}
	case "branch":
		if c.short("D") {
			return "git branch -D"
		}
	case "reset":
		if c.has("--hard") {
			return "git reset --hard"
		}
	case "clean":
		if c.short("f") || c.has("--force") {
			return "git clean -f"
		}
	}
	return ""
}

// fixEffects gives the warnings of effects that are not declared their edit, unless
// the block has one already.
func (l *linter) fixEffects() {
	fixed, at := map[int]bool{}, map[mark]*placedAction{}
	for _, f := range l.findings {
		if f.Code == "destructive-command" && f.Fix != nil {
			fixed[f.Fix.Line] = true
		}
	}
	for _, a := range l.walk {
		s := a.spotOf("name")
		at[mark{s.line, l.src.column(s.line, s.at)}] = a
	}
	for i := range l.findings {
		f := &l.findings[i]
		a := at[mark{f.Line, f.Column}]
		if f.Code == "undeclared-effect" && f.Severity == SeverityWarning && a != nil && !fixed[a.blk.line] {
			f.Fix = l.effectFix(a, EffectWrite)
		}
	}
}

// effectFix returns the edit that declares the effect of a block in its info string.
func (l *linter) effectFix(a *placedAction, effect Effect) *Fix {
	blk := a.blk
	if blk.kind != blockCode || !blk.fenced || blk.info == "" || blk.line < 1 || blk.line > len(l.src.lines) {
		return nil
	}
	in, err := readInfo(blk.info)
	line := l.src.lines[blk.line-1]
	if err != nil || in.word == "" || blk.infoAt < 0 || blk.infoAt > len(line) || !strings.HasPrefix(line[blk.infoAt:], blk.info) {
		return nil
	}
	does := "effect=" + string(effect)
	end := blk.infoAt + len(strings.TrimRight(blk.info, " \t"))
	switch {
	case !in.braces && strings.TrimSpace(blk.info) == in.word:
		return l.insert(spot{blk.line, end}, " {"+does+"}", does)
	case in.braces && len(in.attrs) > 0 && strings.HasPrefix(strings.TrimLeft(blk.info[strings.IndexByte(blk.info, '{')+1:], " \t"), `"`):
		return l.insert(spot{blk.line, end - 1}, fmt.Sprintf(`,"effect":%q`, effect), does)
	case in.braces && len(in.attrs) > 0:
		inner := blk.infoAt + len(strings.TrimRight(strings.TrimSuffix(line[blk.infoAt:end], "}"), " \t"))
		return l.insert(spot{blk.line, inner}, " "+does, does)
	}
	return nil
}
