package actions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/runbooks"
)

func isAbsent(err error) bool { return errors.Is(err, errAbsent) }

// docker tells the daemon: its address, or the context that has it.
func (c landCall) docker() {
	host := c.either(c.globalFlag("-H", "--host"))
	context := c.either(c.globalFlag("-c", "--context"))
	if context.Known && context.Text == "" && host.Known && host.Text == "" {
		host, context = c.Var("DOCKER_HOST"), c.Var("DOCKER_CONTEXT")
	}
	if !host.Known || host.Text != "" {
		host.Text = withoutUser(host.Text)
		c.word("docker.host", host)
		return
	}
	dir := c.Var("DOCKER_CONFIG")
	if dir.Known && dir.Text == "" {
		dir.Text = c.home(".docker")
	}
	if context.Known && context.Text == "" {
		context = c.dockerContext(dir)
	}
	c.word("docker.context", context)
	if context.Known && dir.Known && context.Text != "default" {
		c.dockerEndpoint(dir.Text, context.Text)
	}
}

// globalFlag looks for an option before the subcommand: behind it the same letter
// means something else.
func (c landCall) globalFlag(names ...string) flagged {
	rest := skipOptions(c.words[1:], "-H --host -c --context -l --log-level --config --tlscacert --tlscert --tlskey")
	c.words = c.words[:len(c.words)-len(rest)]
	return c.flag(names...)
}

func (c landCall) dockerContext(dir runbooks.Word) runbooks.Word {
	if !dir.Known || dir.Text == "" {
		return runbooks.Word{}
	}
	var config struct {
		Current string `json:"currentContext"`
	}
	data, err := c.files.read(filepath.Join(dir.Text, "config.json"))
	switch {
	case isAbsent(err):
	case err != nil || json.Unmarshal(data, &config) != nil:
		return runbooks.Word{}
	}
	if config.Current == "" {
		config.Current = "default"
	}
	return runbooks.Word{Text: config.Current, Known: true}
}

// dockerEndpoint adds the address that a context stands for. Its file is called by
// the SHA-256 of the context's name.
func (c landCall) dockerEndpoint(dir, context string) {
	sum := sha256.Sum256([]byte(context))
	data, err := c.files.read(filepath.Join(dir, "contexts", "meta", hex.EncodeToString(sum[:]), "meta.json"))
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	if err == nil && json.Unmarshal(data, &meta) == nil && meta.Endpoints["docker"].Host != "" {
		c.add("docker.host", withoutUser(meta.Endpoints["docker"].Host))
	}
}

// postgres tells server, database and account of psql and its like.
func (c landCall) postgres() {
	host := c.either(c.flag("-h", "--host"), "PGHOST")
	database := c.either(c.flag("-d", "--dbname"), "PGDATABASE")
	for _, w := range append([]runbooks.Word{database}, c.words[1:]...) {
		if w.Known && (strings.HasPrefix(w.Text, "postgres://") || strings.HasPrefix(w.Text, "postgresql://")) {
			c.add("postgres.database", withoutUser(w.Text))
			return
		}
	}
	if strings.Contains(database.Text, "=") { // a connection string; it may hold a password
		c.add("postgres.database", "")
		return
	}
	if host.Known && host.Text == "" {
		host.Text = "localhost"
	}
	c.word("postgres.host", host)
	if !database.Known || database.Text != "" {
		c.word("postgres.database", database)
	}
	if user := c.either(c.flag("-U", "--username"), "PGUSER"); !user.Known || user.Text != "" {
		c.word("postgres.user", user)
	}
}

// mysql tells server, database and account.
func (c landCall) mysql() {
	host := c.either(c.flag("-h", "--host"), "MYSQL_HOST")
	if host.Known && host.Text == "" { // an option file may say otherwise
		host.Known = false
	}
	c.word("mysql.host", host)
	if database := c.flag("-D", "--database"); database.given {
		c.word("mysql.database", database.Word)
	}
	if user := c.flag("-u", "--user"); user.given {
		c.word("mysql.user", user.Word)
	}
}

// redis tells the server.
func (c landCall) redis() {
	if address := c.flag("-u"); address.given {
		address.Text = withoutUser(address.Text)
		c.word("redis.host", address.Word)
		return
	}
	host := c.either(c.flag("-h"))
	if host.Known && host.Text == "" {
		host.Text = "127.0.0.1"
	}
	c.word("redis.host", host)
}

// npm tells the registry.
func (c landCall) npm() {
	registry := c.either(c.flag("--registry"), "npm_config_registry", "NPM_CONFIG_REGISTRY")
	told := registry.Known
	for _, path := range []string{joinPath(c.dir, ".npmrc"), c.home(".npmrc")} {
		if !told || registry.Text != "" {
			break
		}
		data, err := c.files.read(path)
		if err != nil {
			told = isAbsent(err)
			continue
		}
		registry.Text = readINI(data)[""]["registry"]
	}
	if registry.Text == "" {
		registry.Text = "https://registry.npmjs.org"
	}
	c.word("npm.registry", runbooks.Word{Text: withoutUser(registry.Text), Known: told})
}

// ssh tells the host that a command inside the block goes to.
func (c landCall) ssh() {
	switch filepath.Base(c.words[0].Text) {
	case "ssh":
		if rest := skipOptions(c.words[1:], "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w"); len(rest) > 0 {
			c.word("ssh.host", rest[0])
		}
	default:
		for _, w := range c.words[1:] {
			host, _, ok := strings.Cut(w.Text, ":")
			if w.Known && ok && host != "" && !strings.HasPrefix(host, "-") && !strings.ContainsAny(host, "/=") {
				c.add("ssh.host", host)
			}
		}
	}
}
