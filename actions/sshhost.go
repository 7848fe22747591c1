package actions

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// destinationForm is what may stand as host=: a name or an alias of the ssh
// configuration, with or without a user. Nothing of it means anything to a shell,
// an option of ssh or a %-token of its configuration.
var destinationForm = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9._-]*$`)

// madeUp is a value that a rehearsal invented.
var madeUp = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)

// maxDestination bounds a destination, in bytes: a host name has at most 253.
const maxDestination = 320

// onHost completes the plan of a block that runs on another host.
func (v values) onHost(plan *shellPlan) error {
	set := v.req.Action.Settings
	if set.Interactive && !v.invent {
		return fmt.Errorf("host=%s together with interactive=true: a block on another host cannot have the terminal; run it by hand and mark the step done", set.Host)
	}
	var err error
	if plan.host, err = v.destination(set.Host); err != nil {
		return err
	}
	plan.ownDir = true
	plan.dir, err = v.cwd(set.Cwd)
	return err
}

// destination puts the values of host= in place and refuses what ssh could take
// for anything else than a host.
func (v values) destination(template string) (string, error) {
	names := strings.Join(runbooks.Names(template), ", ")
	refused := func(reason string) error {
		if names == "" {
			return fmt.Errorf("host=%s: %s", template, reason)
		}
		return &RefusedValueError{Name: names, Place: "host", Reason: reason}
	}
	host, err := runbooks.Expand(template, v.get)
	if err != nil {
		return "", err
	}
	check := host
	if v.invent {
		check = madeUp.ReplaceAllString(host, "x")
	}
	switch name := check[strings.Index(check, "@")+1:]; {
	case strings.HasPrefix(check, "-"):
		return "", refused("it begins with a dash, as an option does")
	case len(check) > maxDestination:
		return "", refused(fmt.Sprintf("it is longer than %d bytes", maxDestination))
	case destinationForm.MatchString(check):
		return host, nil
	case isIPv6(name) && destinationForm.MatchString(strings.TrimSuffix(check, name)+"x"):
		return host, nil
	}
	return "", refused("it is not a host name, an alias of the ssh configuration, or user@host")
}

func isIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// whereOnHost is the place of a block as scp would write it.
func (p shellPlan) whereOnHost() string {
	if p.dir == "" {
		return p.host
	}
	return p.host + ":" + p.dir
}
