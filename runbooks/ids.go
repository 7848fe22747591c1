package runbooks

import "strconv"

// number gives every step and action an id: the author's own, else the heading's
// number and the item's ("3.1"), else the phase and a count ("execution.2").
func (b *builder) number() {
	counts := map[string]int{}
	for _, p := range b.placed {
		b.numberStep(p, counts)
		b.numberBelow(p.Step)
	}
}

func (b *builder) numberStep(p *placed, counts map[string]int) {
	group := string(p.Phase)
	if p.Scenario != "" {
		group = p.Scenario
		if isDigits(group) || len(group) == 1 {
			group = "scenario-" + group
		}
	}
	counts[group]++
	if p.ID != "" {
		return
	}
	if number := p.from.number; number != "" && p.ord > 0 && p.Scenario == "" {
		item := p.Number
		if item == "" {
			item = strconv.Itoa(p.ord)
		}
		if id := number + "." + item; b.stepIDs[id] == 0 {
			p.ID = id
			b.stepIDs[id] = p.Line
			return
		}
	}
	for n := counts[group]; ; n++ {
		if id := group + "." + strconv.Itoa(n); b.stepIDs[id] == 0 {
			p.ID = id
			b.stepIDs[id] = p.Line
			return
		}
	}
}

// numberBelow numbers substeps and actions below a step.
func (b *builder) numberBelow(s *Step) {
	for i, a := range s.Actions {
		a.ID = a.Name
		if a.ID == "" || b.actionIDs[a.ID] {
			a.ID = free(s.ID+".a", i+1, func(id string) bool { _, named := b.names[id]; return named || b.actionIDs[id] })
		}
		b.actionIDs[a.ID] = true
	}
	for i, sub := range s.Substeps {
		if sub.ID == "" {
			sub.ID = free(s.ID+".", i+1, func(id string) bool { return b.stepIDs[id] != 0 })
			b.stepIDs[sub.ID] = sub.Line
		}
		sub.Phase, sub.Heading = s.Phase, s.Heading
		b.numberBelow(sub)
	}
}

// free returns prefix and the first number from n on that is not taken.
func free(prefix string, n int, taken func(string) bool) string {
	for ; ; n++ {
		if id := prefix + strconv.Itoa(n); !taken(id) {
			return id
		}
	}
}
