package runbooks

import (
	"fmt"
	"strings"
)

// What the tasks of an xc file say about themselves (https://xcfile.dev).

// task is a section below "Tasks".
type task struct {
	name     string
	requires []string
	dir      string
	line     int // of Requires
}

// taskAttributes are the lines that a task's section may hold, by their first word.
var taskAttributes = map[string]string{
	"requires": "requires", "req": "requires", "inputs": "inputs", "environment": "env", "env": "env", "directory": "dir", "dir": "dir",
	"run": "", "rundeps": "", "interactive": "",
}

// findTasks reads the sections directly below a heading "Tasks".
func (b *builder) findTasks() {
	for _, s := range b.sections {
		if s.parent == nil || len(s.parent.words) != 1 || s.parent.words[0] != "tasks" {
			continue
		}
		t := &task{name: strings.ToLower(s.Heading)}
		if strings.ContainsAny(t.name, " \t") {
			t.name = slug(s.Heading)
		}
		found := false
		for _, blk := range s.blocks {
			lines := b.taskLines(blk)
			for i, line := range lines {
				b.taskAttribute(t, line, blk.line+i)
			}
			found = found || len(lines) > 0 || blk.kind == blockCode
		}
		if found {
			s.task = t
		}
	}
}

// maxTaskKey bounds the first word of such a line, in bytes.
const maxTaskKey = 40

// taskLines returns the lines of a paragraph that holds nothing but attributes of
// a task, nil otherwise.
func (b *builder) taskLines(blk *block) []string {
	if blk.kind != blockParagraph {
		return nil
	}
	lines := b.src.lines[blk.line-1 : min(blk.last, len(b.src.lines))]
	for _, line := range lines {
		key, _, ok := strings.Cut(line, ":")
		if key = strings.TrimSpace(key); !ok || len(key) > maxTaskKey {
			return nil
		}
		if _, known := taskAttributes[strings.ToLower(key)]; !known {
			return nil
		}
	}
	return lines
}

func (b *builder) taskAttribute(t *task, line string, number int) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.Trim(strings.TrimSpace(value), "`")
	list := strings.FieldsFunc(value, func(c rune) bool { return c == ',' })
	switch taskAttributes[strings.ToLower(strings.TrimSpace(key))] {
	case "requires":
		t.line = number
		for _, name := range list {
			t.requires = append(t.requires, strings.ToLower(strings.TrimSpace(name)))
		}
	case "inputs":
		for _, name := range list {
			b.textParam(textParam(strings.TrimSpace(name), "", number))
		}
	case "env":
		for _, pair := range list {
			if name, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok {
				b.textParam(textParam(name, v, number))
			}
		}
	case "dir":
		t.dir = value
	}
}

// textParam notes a parameter of which the text says that it is one, or its
// default.
func (b *builder) textParam(p Param) {
	if !validName(p.Name) || refusedName(p.Name) {
		return
	}
	for i := range b.textParams {
		if q := &b.textParams[i]; q.Name == p.Name {
			if q.Default == "" && p.Default != "" {
				*q = p
			}
			return
		}
	}
	b.textParams = append(b.textParams, p)
}

// perform gives an action what its task says: its name, its directory, and the
// last of the tasks before it that it requires.
func (d *declaring) perform(t *task) {
	a := d.a
	if a.Settings.Cwd == "" {
		a.Settings.Cwd = t.dir
	}
	for _, name := range t.requires {
		if _, known := d.names[name]; known && a.Settings.After == "" {
			a.Settings.After = name
		} else if !known {
			d.warn("required-later", t.line, 0, fmt.Sprintf("the task %q is required, but none of that name stands above", name), "move it above, or do it before")
		}
	}
	if _, taken := d.names[t.name]; a.Name == "" && t.name != "" && !taken {
		a.Name = t.name
		d.names[a.Name] = d.blk.line
	}
}
