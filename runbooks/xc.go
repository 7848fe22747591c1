package runbooks

import (
	"fmt"
	"slices"
	"strings"
)

// What the tasks of an xc file say about themselves (https://xcfile.dev).

// task is a section below "Tasks".
type task struct {
	name        string
	requires    []string
	dir         string
	interactive bool
	line        int // of Requires
}

// taskAttributes are the lines that a task's section may hold, by their first word;
// those without a meaning here are only kept as text.
var taskAttributes = map[string]string{
	"requires": "requires", "req": "requires", "inputs": "inputs", "environment": "env", "env": "env", "directory": "dir", "dir": "dir",
	"interactive": "interactive", "run": "", "rundeps": "", "rundependencies": "", "hidden": "",
}

// findTasks reads the sections directly below a heading "Tasks".
func (b *builder) findTasks() {
	for _, s := range b.sections {
		if s.parent == nil || len(s.parent.words) != 1 || s.parent.words[0] != "tasks" {
			continue
		}
		t := &task{name: taskName(s.Heading)}
		says, found := false, false
		for _, blk := range s.blocks {
			says = b.readTask(t, blk) || says
			found = says || blk.kind == blockCode || found
		}
		if found {
			s.task = t
			takeScript(s.blocks, says)
		}
	}
}

// maxTaskKey bounds the first word of a line that says something of a task, in bytes.
const maxTaskKey = 40

// taskName returns what a task is called: its heading, in one word.
func taskName(heading string) string {
	if heading = strings.TrimSpace(heading); strings.ContainsAny(heading, " \t") {
		return slug(heading)
	}
	return strings.ToLower(heading)
}

// readTask takes the attributes that stand in a paragraph. Lines of a description
// beside them are its text.
func (b *builder) readTask(t *task, blk *block) bool {
	if blk.kind != blockParagraph {
		return false
	}
	var rest []string
	found := false
	for i, line := range b.src.lines[blk.line-1 : min(blk.last, len(b.src.lines))] {
		key, value, ok := taskLine(line)
		if !ok {
			rest = append(rest, strings.Trim(line, taskMarkup))
			continue
		}
		found = true
		b.taskAttribute(t, key, value, blk.line+i)
	}
	if found && len(rest) > 0 {
		blk.text = singleSpaced(strings.Join(rest, " "))
	}
	return found
}

// taskMarkup may stand around what a task says of itself.
const taskMarkup = "_*` \t"

// taskLine takes a line apart that says something of a task.
func taskLine(line string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(line, ":")
	if !ok || len(key) > maxTaskKey {
		return "", "", false
	}
	key = strings.ToLower(strings.Trim(key, taskMarkup))
	_, known := taskAttributes[key]
	return key, strings.Trim(value, taskMarkup), ok && known
}

// isTaskLines reports whether a paragraph holds nothing but attributes of a task.
func (b *builder) isTaskLines(blk *block) bool {
	if blk.kind != blockParagraph {
		return false
	}
	for _, line := range b.src.lines[blk.line-1 : min(blk.last, len(b.src.lines))] {
		if _, _, ok := taskLine(line); !ok {
			return false
		}
	}
	return true
}

func (b *builder) taskAttribute(t *task, key, value string, number int) {
	list := strings.FieldsFunc(value, func(c rune) bool { return c == ',' })
	switch taskAttributes[key] {
	case "requires":
		t.line = number
		for _, name := range list {
			t.requires = append(t.requires, taskName(strings.Trim(name, taskMarkup)))
		}
	case "inputs":
		for _, name := range list {
			b.textParam(textParam(strings.Trim(name, taskMarkup), "", number))
		}
	case "env":
		for _, pair := range list {
			if name, v, ok := strings.Cut(strings.Trim(pair, "*` \t"), "="); ok {
				b.textParam(textParam(name, v, number))
			}
		}
	case "dir":
		t.dir = value
	case "interactive":
		t.interactive = value == "true"
	}
}

// takeScript makes the first block of a task what it runs, also when it says
// nothing about its language: xc asks for none. A first line #! names another
// interpreter. "Tasks" is also an ordinary heading: a block that nothing is known of is
// a script only where the task says something else that only xc knows, or the block has
// such a line, of an interpreter that is there; what is known to be no command never is.
func takeScript(blocks []*block, says bool) {
	i := slices.IndexFunc(blocks, func(blk *block) bool { return blk.kind == blockCode })
	if i < 0 {
		return
	}
	c := blocks[i].reading()
	script := strings.HasPrefix(blocks[i].code, "#!")
	unknown := c.class == codeContext && says && !announcesOutput(blocks[i].cue)
	if c.info.word != "" || !script && !unknown || strings.TrimSpace(blocks[i].code) == "" {
		return
	}
	if script {
		first, _, _ := strings.Cut(blocks[i].code, "\n")
		switch name, _ := program(strings.TrimPrefix(first, "#!")); {
		case slices.Contains(scriptWords, name), slices.Contains(consoleWords, name):
			c.info.word = name
		case !isShellLang(name):
			return // a shell would take it for something else
		}
	}
	c.class, c.kind, c.code, c.sample = codeAction, KindShell, blocks[i].code, ""
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
	if _, said := a.Attrs["interactive"]; t.interactive && !said {
		a.Settings.Interactive = true
		d.interactive()
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
