package runbooks

import (
	"slices"
	"strings"
)

// isRoles reports whether the section lists who does what.
func (st *stepper) isRoles() bool {
	return !st.s.root && st.s.scenario == "" && roleSections.starts(st.s.words)
}

// readRoles takes the roles that a list names: items like "**Role**: holder".
func (st *stepper) readRoles(list *block) {
	if !st.isRoles() {
		return
	}
	for _, item := range list.children {
		if len(item.children) == 0 || item.children[0].kind != blockParagraph {
			continue
		}
		p := item.children[0]
		title := strings.TrimSpace(strings.TrimSuffix(p.lead, ":"))
		rest := strings.TrimSpace(strings.TrimPrefix(p.text, p.lead))
		if title == "" || !strings.HasSuffix(p.lead, ":") && !strings.HasPrefix(rest, ":") {
			continue
		}
		st.addRole(Role{ID: slug(title), Title: title, Holder: holder(strings.TrimPrefix(rest, ":"))}, mark{item.line, st.src.column(item.line, item.indent)})
	}
}

// holder returns who holds a role; a value in brackets is a blank to fill in.
func holder(s string) string {
	s = strings.TrimSpace(s)
	for _, pair := range []string{"[]", "<>", "{}", "()"} {
		if strings.HasPrefix(s, pair[:1]) && strings.HasSuffix(s, pair[1:]) {
			return ""
		}
	}
	if strings.Trim(s, "_-–.… ") == "" {
		return ""
	}
	return s
}

// addRole adds a role, or the holder of one that the front matter declares.
func (b *builder) addRole(r Role, at mark) {
	if r.ID == "" {
		return
	}
	i := slices.IndexFunc(b.rb.Roles, func(known Role) bool { return known.ID == r.ID || fold(known.Title) == fold(r.Title) })
	if i < 0 {
		b.rb.Roles = append(b.rb.Roles, r)
		b.roleMarks[r.ID] = at
		return
	}
	if b.rb.Roles[i].Holder == "" {
		b.rb.Roles[i].Holder = r.Holder
	}
}
