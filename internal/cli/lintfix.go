package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// fix corrects a file and returns what there is to say about it afterwards. Of the
// file only the places change that are named; everything else stays byte for byte.
func (a *app) fix(file *loaded, before linted, checker *shellChecker, flags lintFlags) (linted, error) {
	text, done := applied(file.source, before.fixes)
	if len(done) == 0 {
		return before, nil
	}
	if _, err := runbooks.Parse(file.path, text); err != nil {
		return linted{}, say("error.left-uncorrected", "Path", file.path, "Detail", err)
	}
	if flags.diff {
		shown, _ := (&redact.Set{}).String(string(diff.Diff(file.path, file.source, file.path+" (fixed)", text)))
		_, err := fmt.Fprint(a.out, sanitize.String(shown))
		return before, err
	}
	if err := replaceFile(file.path, file.source, text); err != nil {
		return linted{}, err
	}
	told := a.err
	if flags.format == formatText {
		told = a.out
	}
	p := a.printer("")
	for _, f := range done {
		fmt.Fprintln(told, p.T("cli.lint-fixed", "Path", sanitize.Line(file.path), "Line", f.Line, "What", f.Does))
	}
	again, err := readRunbook(file.path)
	if err != nil {
		return linted{}, err
	}
	return a.lintFile(again, checker)
}

// applied returns a text with edits made, and those that were: an edit of a line
// that does not begin as it was seen to is left out, and so is a second one of the
// same place.
func applied(source []byte, fixes []*runbooks.Fix) ([]byte, []*runbooks.Fix) {
	lines := bytes.SplitAfter(source, []byte("\n"))
	order := slices.Clone(fixes)
	slices.SortStableFunc(order, func(a, b *runbooks.Fix) int {
		return cmp.Or(cmp.Compare(b.Line, a.Line), cmp.Compare(b.At, a.At))
	})
	var done []*runbooks.Fix
	for i, f := range order {
		if i > 0 && order[i-1].Line == f.Line && order[i-1].At == f.At || f.Line < 1 || f.Line > len(lines) {
			continue
		}
		line := lines[f.Line-1]
		if !bytes.HasPrefix(line, []byte(f.Before)) {
			continue
		}
		insert := []byte(f.Text)
		if bytes.HasSuffix(line, []byte("\r\n")) {
			insert = bytes.ReplaceAll(insert, []byte("\n"), []byte("\r\n"))
		}
		lines[f.Line-1] = slices.Concat(line[:f.At], insert, line[f.At:])
		done = append(done, f)
	}
	slices.Reverse(done)
	return bytes.Join(lines, nil), done
}

// replaceFile puts a text in the place of a file that still holds the one before:
// whole or not at all. A link stays one, and its target keeps its permissions.
func replaceFile(path string, before, text []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return wrongUse("error.correct", "Path", path, "Detail", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return wrongUse("error.correct", "Path", path, "Detail", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(target), ".bitacora-fix-*")
	if err != nil {
		return wrongUse("error.correct", "Path", path, "Detail", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // it is gone when it was renamed
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Sync(), temp.Close())
	if err != nil {
		return wrongUse("error.correct", "Path", path, "Detail", err)
	}
	now, err := os.ReadFile(target)
	if err == nil && !bytes.Equal(now, before) {
		err = say("error.changed-meanwhile")
	}
	if err == nil {
		err = os.Rename(temp.Name(), target)
	}
	if err != nil {
		return wrongUse("error.correct", "Path", path, "Detail", err)
	}
	return nil
}
