package cli

import (
	"fmt"
	"log/syslog"
	"strings"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/transcript"
)

// anchorLog returns what is told every anchored head of a run: the system's log,
// where $BITACORA_SYSLOG asks for it, else nil. A log that cannot be reached is
// said once and is no reason not to run.
func (p *preparation) anchorLog(a *app) (func(transcript.Head), error) {
	target := config.Syslog(a.env)
	if target == "" {
		return nil, nil
	}
	network, address := "", ""
	if target != "local" {
		var ok bool
		if network, address, ok = strings.Cut(target, "://"); !ok || network != "udp" && network != "tcp" {
			return nil, wrongUse("error.syslog", "Given", target)
		}
	}
	log, err := syslog.Dial(network, address, syslog.LOG_NOTICE|syslog.LOG_USER, "bitacora")
	if err != nil {
		p.notes = append(p.notes, p.printer.T("cli.note.syslog", "Target", target, "Detail", err.Error()))
		return nil, nil
	}
	return func(head transcript.Head) {
		// The journal's own anchor is on disk; this copy is a courtesy.
		_ = log.Notice(fmt.Sprintf("run %s head %s", p.id, head))
	}, nil
}
