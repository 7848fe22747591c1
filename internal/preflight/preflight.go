// Package preflight looks, before the first step, at what a live run will need of
// this machine: whether the hosts of its requests and connections have an address,
// and whether the working tree that its git commands meet is clean.
//
// It guarantees that it changes nothing, connects to nothing but the resolver, runs
// no program of a repository, and returns within Limit.
package preflight

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"genia.ai/bitacora/internal/session"
	"genia.ai/bitacora/runbooks"
)

// Limit is how long everything may take together.
const Limit = 2 * time.Second

// maxHosts bounds how many names are looked up.
const maxHosts = 32

// Options are what a check works with.
type Options struct {
	Dir    string            // in which the run's scripts start
	Env    map[string]string // the runbook's env as the run has it
	Getenv func(string) string
	// Lookup resolves a name; nil = the system's resolver.
	Lookup func(ctx context.Context, host string) error
	// Proxy says through what a request goes; nil = as the environment says.
	Proxy func(*http.Request) (*url.URL, error)
}

// Run looks at everything at once and returns what it found, hosts first, in the
// order of the runbook.
func Run(ctx context.Context, rb *runbooks.Runbook, opts Options) []session.Check {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	names := Hosts(rb, opts)
	checks := make([]session.Check, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		checks[i] = session.Check{Kind: session.CheckHost, Name: name}
		all.Go(func() { checks[i].State, checks[i].Why, checks[i].Detail = resolve(ctx, name, opts.Lookup) })
	}
	var tree *session.Check
	if slices.Contains(rb.Commands(), "git") {
		all.Go(func() { tree = lookAtTree(ctx, opts.Dir, opts.Getenv) })
	}
	all.Wait()
	if tree != nil {
		checks = append(checks, *tree)
	}
	return checks
}

// resolve finds out whether a name has an address.
func resolve(ctx context.Context, name string, lookup func(context.Context, string) error) (state session.CheckState, why, detail string) {
	if lookup == nil {
		lookup = func(ctx context.Context, host string) error {
			_, err := net.DefaultResolver.LookupHost(ctx, host)
			return err
		}
	}
	err := lookup(ctx, name)
	var dns *net.DNSError
	switch {
	case err == nil:
		return session.CheckGood, "", ""
	case errors.As(err, &dns) && dns.IsNotFound:
		return session.CheckBad, "", ""
	case ctx.Err() != nil:
		return session.CheckUnknown, "resolver", ""
	}
	return session.CheckUnknown, "lookup", err.Error()
}

// Hosts returns the names that a run looks up itself: those of its requests that go
// through no proxy, and those of its ssh blocks, but for what the ssh configuration
// has its own say about. Addresses and names that are only known later are left out.
func Hosts(rb *runbooks.Runbook, opts Options) []string {
	aliases := sshAliases(opts.Getenv)
	var names []string
	add := func(name string) {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if name != "" && net.ParseIP(name) == nil && name != "localhost" && !strings.Contains(name, "{{") && len(names) < maxHosts && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var visit func(steps []*runbooks.Step)
	visit = func(steps []*runbooks.Step) {
		for _, step := range steps {
			for _, action := range step.Actions {
				if action.Kind == runbooks.KindHTTP {
					add(requestHost(action.Code, opts))
				}
				host := action.Settings.Host
				if at := strings.LastIndexByte(host, '@'); at >= 0 {
					host = host[at+1:]
				}
				if !slices.Contains(aliases, host) {
					add(host)
				}
			}
			visit(step.Substeps)
		}
	}
	visit(rb.Sequence)
	return names
}

// requestHost returns the name that a request looks up, "" when that is the proxy's
// affair or the address is not known yet.
func requestHost(code string, opts Options) string {
	request, err := runbooks.ParseHTTP(code)
	if err != nil {
		return ""
	}
	unknown := errors.New("not known yet")
	address, err := runbooks.Expand(request.URL, func(name string) (string, error) {
		if value, ok := opts.Env[name]; ok {
			return value, nil
		}
		return "x", nil // in a path it does not matter; in a host it is no name of the runbook's
	})
	origin, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(request.URL, "https://"), "http://"), "/")
	for _, name := range runbooks.Names(origin) {
		if _, ok := opts.Env[name]; !ok {
			err = cmp.Or(err, unknown)
		}
	}
	if err != nil {
		return ""
	}
	target, err := http.NewRequest(request.Method, address, nil)
	if err != nil {
		return ""
	}
	proxy := opts.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	if through, err := proxy(target); err != nil || through != nil {
		return ""
	}
	return target.URL.Hostname()
}
