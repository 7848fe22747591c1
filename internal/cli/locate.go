package cli

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/folders"
	"genia.ai/bitacora/runbooks/library"
)

// locate reads the bytes of what a name, a path or an address names, and says which
// section of it.
func (a *app) locate(name string) (*loaded, string, error) {
	if address, ok := webAddress(name); ok {
		found, err := a.findAddress(name, address)
		return found, address.Fragment, err
	}
	if _, err := os.Stat(name); err == nil && isPath(name) { // also one with a # in it
		found, err := readRunbook(name)
		return found, "", err
	}
	name, fragment, _ := strings.Cut(name, "#")
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	found, err := a.find(name)
	return found, fragment, err
}

// webAddress reads an address as an alert carries it. Nothing is ever fetched: it
// names a file of the folders.
func webAddress(name string) (*url.URL, bool) {
	if !strings.HasPrefix(name, "https://") && !strings.HasPrefix(name, "http://") {
		return nil, false
	}
	address, err := url.Parse(name)
	return address, err == nil
}

// find reads the bytes of a runbook by its name or path.
func (a *app) find(name string) (*loaded, error) {
	local := filepath.IsLocal(name) && !strings.HasSuffix(name, ".md")
	if _, err := os.Stat(name); isPath(name) && (err == nil || !local) {
		return readRunbook(name)
	}
	dirs, _ := config.RunbookDirs(a.env) // list says what is wrong with the settings
	for _, dir := range dirs {
		path := filepath.Join(dir, name+".md")
		if info, err := os.Stat(path); local && err == nil && !info.IsDir() {
			return readRunbook(path)
		}
	}
	source, err := library.Read(name)
	if err == nil {
		return &loaded{source: source, name: name, path: name + ".md", shipped: true}, nil
	}
	if found := folders.Match(a.named(dirs), name); len(found) == 1 {
		return readRunbook(found[0].Path)
	} else if len(found) > 1 {
		return nil, ambiguous(name, found)
	}
	switch _, here := os.Stat(name + ".md"); {
	case here == nil:
		return nil, usagef("%w; a file is named by its path: ./%s.md", err, name)
	case isPath(name):
		return nil, usagef("%s: there is no such file, and no runbook of that name; `bitacora list` names them", name)
	}
	return nil, &usageError{fmt.Errorf("%w; `bitacora list` names the runbooks, a path with a slash or .md names a file", err)}
}

// named lists the files of the folders without looking into them.
func (a *app) named(dirs []string) []folders.File {
	var all []folders.File
	for _, dir := range dirs {
		all = append(all, folders.Names(dir)...)
	}
	return all
}

// findAddress reads the runbook of the folders, or the shipped one, that an address
// names.
func (a *app) findAddress(given string, address *url.URL) (*loaded, error) {
	dirs, _ := config.RunbookDirs(a.env)
	found := folders.Match(a.named(dirs), address.Path)
	if len(found) == 1 {
		return readRunbook(found[0].Path)
	}
	if len(found) > 1 {
		return nil, ambiguous(given, found)
	}
	shipped := make([]folders.File, 0, len(library.Names()))
	for _, name := range library.Names() {
		shipped = append(shipped, folders.File{Name: name})
	}
	if found := folders.Match(shipped, address.Path); len(found) == 1 {
		source, err := library.Read(found[0].Name)
		return &loaded{source: source, name: found[0].Name, path: found[0].Name + ".md", shipped: true}, err
	}
	return nil, usagef("%s: no runbook in %s is called like that (addresses are looked up, never fetched); `bitacora list` names what there is",
		given, cmp.Or(strings.Join(dirs, ", "), "the folders"))
}

// maxAmbiguous is how many of several files an error names.
const maxAmbiguous = 5

func ambiguous(name string, found []folders.File) error {
	paths := make([]string, 0, maxAmbiguous)
	for _, f := range found[:min(len(found), maxAmbiguous)] {
		paths = append(paths, f.Path)
	}
	return usagef("%s: %d runbooks are called like that: %s; name one by its path", name, len(found), strings.Join(paths, ", "))
}
