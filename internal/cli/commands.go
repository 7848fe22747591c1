package cli

// CommandRow is one line of the table of commands.
type CommandRow struct{ Use, Short string }

// Commands returns what every command does, for README, in the order of the help.
func Commands() ([]CommandRow, error) {
	a, err := newApp()
	if err != nil {
		return nil, err
	}
	root := a.root()
	root.InitDefaultCompletionCmd()
	document(root, a.catalog.Printer("en"))
	rows := []CommandRow{{Use: root.Use, Short: "Pick a runbook in the full screen"}}
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			rows = append(rows, CommandRow{Use: root.Name() + " " + cmd.Use, Short: cmd.Short})
		}
	}
	return rows, nil
}
