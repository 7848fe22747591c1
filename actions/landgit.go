package actions

import (
	"path/filepath"
	"slices"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// maxClimb bounds how far up a repository is looked for.
const maxClimb = 40

// repository is what the files of a git repository tell.
type repository struct {
	branch string // "" = not known; "3f2a9c1d (detached)"
	name   string // of the branch, "" when there is none
	config ini
}

// git tells the branch, and the remote that is talked to.
func (c landCall) git() {
	verb, args := c.gitVerb()
	if slices.Contains([]string{"clone", "init", "config", "version", "help"}, verb) {
		return
	}
	dir := c.dir
	if to := c.flag("-C"); to.given {
		dir = ""
		if to.Known {
			dir = joinPath(c.dir, to.Text)
		}
	}
	elsewhere := c.has("--git-dir", "--work-tree") || c.either(flagged{}, "GIT_DIR").Text != "" || !c.Var("GIT_DIR").Known
	repo, err := repository{}, errNotTold
	if dir != "" && !elsewhere {
		repo, err = c.files.repository(dir)
	}
	if err != nil {
		c.add("git.branch", "")
		c.add("git.remote", "")
		return
	}
	c.add("git.branch", repo.branch)
	if address, ok := repo.remote(verb, args); ok {
		c.add("git.remote", withoutUser(address))
	}
}

// gitVerb returns the subcommand and the words behind it that are no options.
func (c landCall) gitVerb() (verb string, args []runbooks.Word) {
	words := skipOptions(c.words[1:], "-C -c --git-dir --work-tree --namespace")
	if len(words) == 0 {
		return "", nil
	}
	for _, w := range words[1:] {
		if !w.Known || !strings.HasPrefix(w.Text, "-") {
			args = append(args, w)
		}
	}
	return words[0].Text, args
}

// remote is the address that a command talks to: the remote that it names, else
// that of the branch, else origin, else the only one.
func (r repository) remote(verb string, args []runbooks.Word) (string, bool) {
	var names []string
	for section := range r.config {
		if name, ok := strings.CutPrefix(section, "remote "); ok {
			names = append(names, name)
		}
	}
	address := func(name string) string {
		section := r.config["remote "+name]
		if push := section["pushurl"]; push != "" && verb == "push" {
			return push
		}
		return section["url"]
	}
	if slices.Contains([]string{"push", "pull", "fetch", "ls-remote"}, verb) && len(args) > 0 {
		switch {
		case !args[0].Known:
			return "", true
		case slices.Contains(names, args[0].Text):
			return address(args[0].Text), true
		}
		return args[0].Text, true
	}
	branch := r.config["branch "+r.name]
	for _, name := range []string{branch["pushremote"], branch["remote"], "origin"} {
		if name != "" && slices.Contains(names, name) && (verb == "push" || name != branch["pushremote"]) {
			return address(name), true
		}
	}
	if len(names) == 1 {
		return address(names[0]), true
	}
	return "", len(names) > 0
}

// repository reads what git would find from a directory (gitrepository-layout(5)).
func (f *landFiles) repository(dir string) (repository, error) {
	for range maxClimb {
		dot := filepath.Join(dir, ".git")
		gitDir := ""
		is, err := f.isDir(dot)
		if err != nil {
			return repository{}, err
		}
		if is {
			gitDir = dot
		} else if link, err := f.read(dot); err == nil { // of a worktree or a submodule
			if to, ok := strings.CutPrefix(strings.TrimSpace(string(link)), "gitdir: "); ok {
				gitDir = joinPath(dir, to)
			}
		}
		if gitDir != "" {
			return f.gitDir(gitDir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return repository{}, errAbsent
		}
		dir = parent
	}
	return repository{}, errAbsent
}

func (f *landFiles) gitDir(dir string) (repository, error) {
	head, err := f.read(filepath.Join(dir, "HEAD"))
	if err != nil {
		return repository{}, err
	}
	shared := dir
	if common, err := f.read(filepath.Join(dir, "commondir")); err == nil {
		shared = joinPath(dir, strings.TrimSpace(string(common)))
	}
	r := repository{config: ini{}}
	if config, err := f.read(filepath.Join(shared, "config")); err == nil {
		r.config = readINI(config)
	}
	switch text := strings.TrimSpace(string(head)); {
	case strings.HasPrefix(text, "ref: refs/heads/"):
		r.name = strings.TrimPrefix(text, "ref: refs/heads/")
		r.branch = r.name
	case strings.HasPrefix(text, "ref: "):
		r.branch = strings.TrimPrefix(text, "ref: ")
	case len(text) >= 8:
		r.branch = text[:8] + " (detached)"
	}
	return r, nil
}
