// Package sandbox is a GENIA to practise on: an admin API, a Prometheus API, an
// error log, notices, a status page, a mail sink and a git repository whose
// build and deployment change what is served.
//
// It guarantees that everything it does stays on the loopback interface and
// inside one directory of its own, that what it serves is read from the deployed
// files and never assumed, that reading it changes nothing that Fingerprint
// covers, and that Close leaves neither goroutines nor, where the directory was
// its own, files.
package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// defaultSettle is how long the error rate takes to come down after a good deployment.
const defaultSettle = 3 * time.Second

// stopTimeout bounds how long Close waits for requests that are being answered.
const stopTimeout = 2 * time.Second

// Options say what to start. The zero value is a working service.
type Options struct {
	Dir        string           // where its files go: new or empty; "" = a temporary directory that Close removes
	Fault      string           // one of Faults; "" = the first connector
	Token      string           // what the admin API accepts; "" = a random one
	Clock      func() time.Time // nil = time.Now
	Settle     time.Duration    // how long the error rate takes to follow a deployment; 0 = 3 s
	Addr       string           // of the HTTP server, on loopback; "" = 127.0.0.1:0
	NPMStandIn bool             // use the stand-in for npm even where npm is installed
}

// NoteKind tells notes apart.
type NoteKind string

// The notes that a service may carry.
const (
	NoteFault      NoteKind = "fault"        // Detail is the fault that was chosen
	NoteNPMStandIn NoteKind = "npm-stand-in" // Detail is the path of the script that takes npm's place
)

// Note is something the operator should know about this service.
type Note struct {
	Kind   NoteKind
	Detail string
}

// Service is a running practice service.
type Service struct {
	fault  string
	token  string
	dir    string
	binDir string // "" unless the stand-in for npm is used
	ownDir bool
	now    func() time.Time

	served *served
	state  *state
	mail   *mailSink

	httpServer   *http.Server
	httpListener net.Listener
	servers      sync.WaitGroup
	stopOnce     sync.Once
	detach       func() bool // stops watching the context given to Start
}

// Start prepares the repository, deploys its newest version, which is the faulty
// one, and serves until ctx ends or Close is called. Close must be called in
// either case. An unknown fault is an *UnknownFaultError.
func Start(ctx context.Context, opts Options) (*Service, error) {
	if opts.Fault == "" {
		opts.Fault = connectors()[0].Name
	}
	if err := checkFault(opts.Fault); err != nil {
		return nil, err
	}
	if err := opts.fill(); err != nil {
		return nil, err
	}
	dir, own, err := prepareDir(opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Service{fault: opts.Fault, token: opts.Token, dir: dir, ownDir: own, now: opts.Clock}
	if err := s.start(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (o *Options) fill() error {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Settle == 0 {
		o.Settle = defaultSettle
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return fmt.Errorf("practice service: address %q: %w; give one such as 127.0.0.1:8080", o.Addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("practice service: address %q is not on the loopback interface; give one such as 127.0.0.1:8080", o.Addr)
	}
	if o.Token == "" {
		random := make([]byte, 16)
		_, _ = rand.Read(random) // never fails (crypto/rand since Go 1.24)
		o.Token = hex.EncodeToString(random)
	}
	return nil
}

// prepareDir returns an absolute directory that nobody else uses or reads, and
// whether Close is to remove it.
func prepareDir(dir string) (string, bool, error) {
	if dir == "" {
		made, err := os.MkdirTemp("", "bitacora-sandbox-") // 0700 by contract
		if err != nil {
			return "", false, fmt.Errorf("practice service: %w", err)
		}
		return made, true, nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", false, fmt.Errorf("practice service: %w", err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", false, fmt.Errorf("practice service: %w", err)
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return "", false, fmt.Errorf("practice service: %w", err)
	}
	if len(entries) > 0 {
		return "", false, fmt.Errorf("practice service: directory %s is not empty; give a new one", abs)
	}
	if err := os.Chmod(abs, 0o700); err != nil {
		return "", false, fmt.Errorf("practice service: %w", err)
	}
	return abs, false, nil
}

func (s *Service) start(ctx context.Context, opts Options) error {
	if err := createRepository(ctx, s.RepositoryDir()); err != nil {
		return err
	}
	if err := deployNewest(ctx, s.RepositoryDir()); err != nil {
		return err
	}
	if err := s.installNPM(opts.NPMStandIn); err != nil {
		return err
	}
	started := opts.Clock()
	s.served = newServed(filepath.Join(s.dir, "staging"), opts.Fault, opts.Settle, started)
	s.state = newState(opts.Fault, started)

	var err error
	if s.mail, err = startMailSink(filepath.Join(s.dir, "mail"), opts.Clock); err != nil {
		return err
	}
	if s.httpListener, err = net.Listen("tcp", opts.Addr); err != nil {
		return fmt.Errorf("practice service: %w", err)
	}
	s.httpServer = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: quiet()}
	s.servers.Go(func() {
		// ErrServerClosed is how Serve always ends here.
		_ = s.httpServer.Serve(s.httpListener)
	})
	s.detach = context.AfterFunc(ctx, s.stopServing)
	return nil
}

// Close stops serving, waits until nothing runs any more, and removes the
// directory if the service made it. It may be called more than once.
func (s *Service) Close() error {
	if s.detach != nil {
		s.detach()
	}
	s.stopServing()
	s.servers.Wait()
	if !s.ownDir {
		return nil
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("practice service: %w", err)
	}
	return nil
}

func (s *Service) stopServing() {
	s.stopOnce.Do(func() {
		if s.httpServer != nil {
			ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
			defer cancel()
			if s.httpServer.Shutdown(ctx) != nil {
				_ = s.httpServer.Close() // what is still open after the wait is cut
			}
		}
		if s.mail != nil {
			s.mail.close()
		}
	})
}

// URL is the address of the human page, and the origin of every API.
func (s *Service) URL() string { return "http://" + s.httpListener.Addr().String() }

// Token is what the admin API accepts as bearer token.
func (s *Service) Token() string { return s.token }

// Fault is the fault that was chosen.
func (s *Service) Fault() string { return s.fault }

// Dir holds everything that the service writes.
func (s *Service) Dir() string { return s.dir }

// RepositoryDir is the git checkout that is built and deployed.
func (s *Service) RepositoryDir() string { return filepath.Join(s.dir, "repo") }

// Hosts are the hosts, with port, that HTTP actions need to reach.
func (s *Service) Hosts() []string { return []string{s.httpListener.Addr().String()} }

// Env is what replaces a runbook's addresses: GENIA_API, PROMETHEUS_URL,
// SMTP_URL and GENIA_REPO, and PATH where the stand-in for npm is used.
func (s *Service) Env() map[string]string {
	env := map[string]string{
		"GENIA_API":      s.URL(),
		"PROMETHEUS_URL": s.URL(),
		"SMTP_URL":       "smtp://" + s.mail.addr(),
		"GENIA_REPO":     s.RepositoryDir(),
	}
	if s.binDir != "" {
		env["PATH"] = s.binDir + string(os.PathListSeparator) + os.Getenv("PATH")
	}
	return env
}

// Notes are what the briefing should say about this service.
func (s *Service) Notes() []Note {
	notes := []Note{{Kind: NoteFault, Detail: s.fault}}
	if s.binDir != "" {
		notes = append(notes, Note{Kind: NoteNPMStandIn, Detail: filepath.Join(s.binDir, "npm")})
	}
	return notes
}
