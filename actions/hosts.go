package actions

import (
	"fmt"
	"net/url"
	"strings"

	"genia.ai/bitacora/runbooks"
)

// allowHost refuses a URL whose host is not on the runbook's list.
func (v values) allowHost(u *url.URL) error {
	if len(v.req.Hosts) == 0 || v.invent {
		return nil
	}
	for _, entry := range v.req.Hosts {
		host, port, err := v.hostEntry(entry)
		if err != nil {
			return err
		}
		if strings.EqualFold(host, u.Hostname()) && (port == "" || port == effectivePort(u)) {
			return nil
		}
	}
	return fmt.Errorf("the host %s is not on the runbook's list of hosts; add it there if it is meant", u.Host)
}

// hostEntry takes an entry of the list apart: "name", "name:port", or "{{NAME}}",
// which stands for the host (and the port, if it tells one) of an env value.
func (v values) hostEntry(entry string) (host, port string, err error) {
	text, err := runbooks.Expand(entry, func(name string) (string, error) {
		value, ok := v.trusted(name)
		if !ok {
			return "", fmt.Errorf("hosts names {{%s}}, which is not an env value", name)
		}
		return value, nil
	})
	if err != nil {
		return "", "", err
	}
	if !strings.Contains(text, "://") {
		text = "//" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return "", "", fmt.Errorf("hosts holds %q, which is not a host", entry)
	}
	return u.Hostname(), u.Port(), nil
}

func effectivePort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
