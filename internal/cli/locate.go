package cli

import (
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
	named := a.named(dirs)
	if found := folders.Match(named, name); len(found) == 1 {
		return readRunbook(found[0].Path)
	} else if len(found) > 1 {
		return nil, ambiguous(name, found)
	}
	others := make([]string, 0, len(named))
	for _, file := range named {
		others = append(others, file.Name)
	}
	err = library.NotFound(name, others)
	switch _, here := os.Stat(name + ".md"); {
	case here == nil:
		return nil, wrongUse("error.named-by-path", "Detail", err, "Name", name)
	case isPath(name):
		return nil, wrongUse("error.no-file-or-name", "Name", name)
	}
	return nil, wrongUse("error.no-runbook", "Detail", err)
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
	return nil, wrongUse("error.no-address", "Address", given, "Dirs", strings.Join(dirs, ", "))
}

// maxAmbiguous is how many of several files an error names.
const maxAmbiguous = 5

func ambiguous(name string, found []folders.File) error {
	paths := make([]string, 0, maxAmbiguous)
	for _, f := range found[:min(len(found), maxAmbiguous)] {
		paths = append(paths, f.Path)
	}
	return wrongUse("error.ambiguous-runbook", "Name", name, "Found", len(found), "Paths", strings.Join(paths, ", "))
}
