// Command bitacora walks an operator through a runbook and keeps the record.
package main

import (
	"os"

	"genia.ai/bitacora/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
