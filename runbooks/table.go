package runbooks

var tableNumbers = newLexicon([]row{{"step, no, nr, order", "paso, orden", "passo, etapa", "etape, ordre"}})

var tableActions = newLexicon([]row{{"action, actions, command, commands", "accion, acciones, comando, comandos", "acao, acoes, comando, comandos", "action, actions, commande, commandes"}})

// table keeps a table as context, unless its header says that the rows are steps:
// a number or step in one column, an action or command in another.
func (st *stepper) table(b *block) {
	number, action := -1, -1
	if len(b.rows) > 0 {
		for i, cell := range b.rows[0].cells {
			words := wordsOf(cell.text)
			switch {
			case number < 0 && (cell.text == "#" || cell.text == "Nº" || tableNumbers.is(words)):
				number = i
			case action < 0 && tableActions.in(words):
				action = i
			}
		}
	}
	if number < 0 || action < 0 || !st.instructs() {
		st.keep(b)
		return
	}
	for n, row := range b.rows[1:] {
		if action >= len(row.cells) || row.cells[action].text == "" {
			continue
		}
		step := st.newStep(row.line)
		step.Text = row.cells[action].text
		step.Suggested = append(step.Suggested, commandSpans(row.cells[action].spans)...)
		if number < len(row.cells) {
			step.Number = row.cells[number].text
		}
		st.push(step).ord = n + 1
	}
}
