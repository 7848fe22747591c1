package actions

import (
	"crypto/x509"
	"time"

	"genia.ai/bitacora/runbooks"
)

// LiveOptions are what the executors of a live run need of the world.
type LiveOptions struct {
	Environ []string       // the operator's environment, "NAME=value"; a harmless part of it reaches scripts
	Clock   Clock          // nil = the machine's
	Grace   time.Duration  // from TERM to KILL of a cancelled script; 0 = 5 s
	Roots   *x509.CertPool // certificates to trust; nil = the system's
}

// Live returns the executors that really act. Registry.Close ends what they keep.
func Live(o LiveOptions) Registry {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	client := newWeb(o.Roots)
	return Registry{
		runbooks.KindShell: &shellExecutor{
			environ: o.Environ, clock: o.Clock, grace: o.Grace,
			hosts: &sshHosts{clock: o.Clock, base: lookupEnv(o.Environ, "XDG_RUNTIME_DIR")},
		},
		runbooks.KindHTTP:   &httpExecutor{web: client, clock: o.Clock},
		runbooks.KindPromQL: &promqlExecutor{web: client, clock: o.Clock, environ: o.Environ},
		runbooks.KindMail:   &mailExecutor{clock: o.Clock, environ: o.Environ, roots: o.Roots},
	}
}
