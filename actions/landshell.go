package actions

import (
	"path"
	"path/filepath"
	"strings"
	"time"

	"genia.ai/bitacora/runbooks"
)

// landLimit is how long files may take to tell where a block lands, in all. A
// file system that hangs must not keep the operator from the screen.
const landLimit = time.Second

// lands finds out where a block will land: host and account, and what its
// commands make matter. Only files and the environment are asked.
func (e *shellExecutor) lands(req Request, plan shellPlan) []Fact {
	if !landsMatter(req) {
		return nil
	}
	l := &landing{}
	files := &landFiles{until: e.clock.Now().Add(landLimit), now: e.clock.Now}
	environ := e.environ
	if plan.host != "" {
		l.facts, files.closed, environ = plan.hostFacts(), true, nil
	}
	env, err := environment(environ, req)
	if err != nil {
		return l.facts
	}
	base := func(name string) runbooks.Word {
		value := lookupEnv(env, name)
		_, secret := req.Secrets[name] // no fact is made of one
		return runbooks.Word{Text: value, Known: !secret && (plan.host == "" || value != "")}
	}
	if plan.host == "" && req.Shell != nil {
		base = req.Shell.known(base, notCarried(req))
	}
	// The reading of a file that hangs cannot be ended; it is left to itself, and
	// ends when the file system answers.
	found := make(chan []Fact, 1)
	go func() {
		if plan.host == "" {
			l.add("host", hostName())
			l.add("user", userName(files))
		}
		l.calls(runbooks.Calls(req.Action.Code, base), files, plan.dir, 0)
		found <- l.facts
	}()
	over := make(chan struct{})
	stop := e.clock.AfterFunc(landLimit, func() { close(over) })
	defer stop()
	select {
	case facts := <-found:
		return facts
	case <-over:
		return []Fact{{"host", plan.host}, {"files", ""}}
	}
}

// landCall is a command with what is needed to tell where it lands.
type landCall struct {
	runbooks.Call
	*landing
	words []runbooks.Word // behind sudo, env and the like
	files *landFiles
	dir   string // where it runs, "" = not known
}

// maxNested bounds how deep the scripts of bash -c are followed.
const maxNested = 3

func (l *landing) calls(calls []runbooks.Call, files *landFiles, start string, depth int) {
	for _, call := range calls {
		c := landCall{Call: call, landing: &landing{}, words: call.Words, files: files}
		if call.Dir.Known && start != "" {
			c.dir = start
			if call.Dir.Text != "" {
				c.dir = joinPath(start, call.Dir.Text)
			}
		}
		c.unwrap()
		if len(c.words) == 0 || !c.words[0].Known {
			l.join(c.facts)
			continue
		}
		name := path.Base(c.words[0].Text)
		if code, ok := c.nested(name); ok && depth < maxNested {
			l.join(c.facts)
			l.calls(runbooks.Calls(code, c.Var), c.files, c.dir, depth+1)
			continue
		}
		if tell := landsOf(name); tell != nil {
			tell(c)
		}
		l.join(c.facts)
	}
}

// landsOf returns what tells where a command lands, or nil.
func landsOf(name string) func(landCall) {
	switch name {
	case "git":
		return landCall.git
	case "kubectl", "oc", "helm", "flux", "stern", "k9s":
		return landCall.kube
	case "aws", "eksctl", "sam", "cdk":
		return landCall.aws
	case "gcloud", "gsutil", "bq":
		return landCall.gcloud
	case "az":
		return landCall.azure
	case "terraform", "tofu":
		return landCall.terraform
	case "docker", "docker-compose":
		return landCall.docker
	case "psql", "pg_dump", "pg_restore", "createdb", "dropdb", "pg_basebackup":
		return landCall.postgres
	case "mysql", "mariadb", "mysqldump", "mysqladmin":
		return landCall.mysql
	case "redis-cli":
		return landCall.redis
	case "npm", "pnpm", "yarn":
		return landCall.npm
	case "ssh", "scp", "rsync":
		return landCall.ssh
	}
	return nil
}

// nested returns the script of bash -c.
func (c landCall) nested(name string) (string, bool) {
	switch name {
	case "sh", "bash", "dash", "zsh":
	default:
		return "", false
	}
	for i, w := range c.words[1:] {
		if w.Known && strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c") && i+2 < len(c.words) {
			return c.words[i+2].Text, c.words[i+2].Known
		}
	}
	return "", false
}

// unwrap takes away the commands that only start another one.
func (c *landCall) unwrap() {
	for len(c.words) > 1 && c.words[0].Known {
		takes := "" // options with a value of their own
		switch path.Base(c.words[0].Text) {
		case "sudo", "doas":
			c.sudo()
			takes = "-u -g -h -p -C -T -D -R --user --group --host --prompt --chdir"
		case "env":
			takes = "-u -C -S --unset --chdir"
		case "timeout":
			takes = "-k -s --kill-after --signal"
		case "nice", "ionice":
			takes = "-n -c -p"
		case "nohup", "exec", "command", "setsid", "stdbuf", "xargs", "time", "chronic":
			takes = "-I -n -P -L -a -f -o"
		default:
			return
		}
		first := path.Base(c.words[0].Text)
		c.words = skipOptions(c.words[1:], takes)
		if first == "env" || first == "sudo" {
			c.words = c.assignments(c.words)
		}
		if first == "timeout" && len(c.words) > 0 {
			c.words = c.words[1:]
		}
	}
}

func skipOptions(words []runbooks.Word, takes string) []runbooks.Word {
	for len(words) > 0 && words[0].Known && strings.HasPrefix(words[0].Text, "-") {
		with := strings.Contains(" "+takes+" ", " "+words[0].Text+" ")
		last := words[0].Text == "--"
		words = words[1:]
		if last {
			break
		}
		if with && len(words) > 0 {
			words = words[1:]
		}
	}
	return words
}

// assignments takes NAME=value words over into the command's environment.
func (c *landCall) assignments(words []runbooks.Word) []runbooks.Word {
	for len(words) > 0 && words[0].Known {
		name, value, ok := strings.Cut(words[0].Text, "=")
		if !ok || !shellName.MatchString(name) {
			break
		}
		c.Call = c.With(name, runbooks.Word{Text: value, Known: true})
		words = words[1:]
	}
	return words
}

// sudo tells the account, and that files and environment of this one do not count.
func (c *landCall) sudo() {
	user := c.flag("-u", "--user")
	if !user.given {
		user.Text, user.Known = "root", true
	}
	c.word("sudo", user.Word)
	c.files = &landFiles{closed: true}
	c.Call = c.Unknown()
}

// flagged is the value of an option.
type flagged struct {
	runbooks.Word
	given bool
}

// flag looks for an option by its names, in the spellings --name=value, --name
// value, -n value and -nvalue.
func (c landCall) flag(names ...string) flagged {
	for i, w := range c.words {
		if !w.Known || i == 0 {
			continue
		}
		if w.Text == "--" {
			break
		}
		for _, name := range names {
			long := strings.HasPrefix(name, "--") || len(name) > 2
			switch {
			case w.Text == name && i+1 < len(c.words):
				return flagged{c.words[i+1], true}
			case long && strings.HasPrefix(w.Text, name+"="):
				return flagged{runbooks.Word{Text: w.Text[len(name)+1:], Known: true}, true}
			case !long && len(w.Text) > 2 && strings.HasPrefix(w.Text, name):
				return flagged{runbooks.Word{Text: strings.TrimPrefix(w.Text[2:], "="), Known: true}, true}
			}
		}
	}
	return flagged{}
}

func (c landCall) has(names ...string) bool {
	for _, w := range c.words[1:] {
		for _, name := range names {
			if w.Known && w.Text == name {
				return true
			}
		}
	}
	return false
}

// either returns what an option says, else the first variable that is set. known
// is false when one of them cannot be told; "" and true: none says anything.
func (c landCall) either(option flagged, variables ...string) runbooks.Word {
	if option.given {
		return option.Word
	}
	for _, name := range variables {
		if w := c.Var(name); !w.Known || w.Text != "" {
			return w
		}
	}
	return runbooks.Word{Known: true}
}

// home returns a path below the account's home; "" when that is not known.
func (c landCall) home(elements ...string) string {
	home := c.Var("HOME")
	if !home.Known || home.Text == "" {
		return ""
	}
	return filepath.Join(append([]string{home.Text}, elements...)...)
}

func joinPath(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}
