package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// GoodVersion is the version that works, whatever the fault.
const GoodVersion = "v1.4.2"

// The faults that are not a connector's.
const (
	faultExecutor = "executor"
	faultPanel    = "panel"
)

// connector is what the templates and the messages need to know of one.
type connector struct {
	Name     string
	Title    string
	Resource string // what is sent, as the provider's API calls it
	Verb     string
}

// connectors lists them in the order in which they are shown.
func connectors() []connector {
	return []connector{
		{Name: "facebook", Title: "Facebook", Resource: "posts", Verb: "publish"},
		{Name: "instagram", Title: "Instagram", Resource: "media", Verb: "publish"},
		{Name: "linkedin", Title: "LinkedIn", Resource: "shares", Verb: "publish"},
		{Name: "twitter", Title: "Twitter", Resource: "statuses", Verb: "publish"},
		{Name: "mailchimp", Title: "Mailchimp", Resource: "campaigns", Verb: "send"},
		{Name: "sendgrid", Title: "SendGrid", Resource: "mails", Verb: "send"},
	}
}

// component says which of the three kinds of part something is.
type component string

const (
	componentConnector component = "connector"
	componentExecutor  component = "executor"
	componentPanel     component = "panel"
)

// part is one deployable file.
type part struct {
	component component
	name      string // the fault's name: the connector's, executor or panel
	path      string // below src/ and, once deployed, below the release
}

// parts lists every deployable file: the connectors, the executor, the panel.
func parts() []part {
	var all []part
	for _, c := range connectors() {
		all = append(all, part{componentConnector, c.Name, "lib/connectors/" + c.Name + ".ts"})
	}
	return append(all,
		part{componentExecutor, faultExecutor, "lib/mcp/executor.ts"},
		part{componentPanel, faultPanel, "panel/panel.ts"})
}

// Faults lists what can be broken: a connector by name, executor, panel.
func Faults() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// FaultFor picks the fault that fits a run: its scenario's part, and for a
// connector the one that is named. What is unknown leads to the first connector.
func FaultFor(scenario, connectorName string) string {
	switch {
	case scenario == faultExecutor || scenario == faultPanel:
		return scenario
	case isConnector(connectorName):
		return connectorName
	default:
		return connectors()[0].Name
	}
}

func isConnector(name string) bool {
	return slices.ContainsFunc(connectors(), func(c connector) bool { return c.Name == name })
}

// UnknownFaultError says that there is no such fault.
type UnknownFaultError struct{ Fault string }

func (e *UnknownFaultError) Error() string {
	return fmt.Sprintf("practice service: unknown fault %q; choose one of %s", e.Fault, strings.Join(Faults(), ", "))
}

func checkFault(name string) error {
	if !slices.Contains(Faults(), name) {
		return &UnknownFaultError{Fault: name}
	}
	return nil
}

// symptom is how the log tells of a part that fails, by its served version.
func (p part) symptom(version string) string {
	reasons := map[component]map[string]string{
		componentConnector: {
			"v1.3.0": "provider answers 410 Gone: API 1 is retired",
			"v1.4.0": "provider answers 401 Unauthorized: access token expired",
			"v1.5.0": "provider answers 400 Bad Request: batch of 500 exceeds the maximum of 50",
		},
		componentExecutor: {
			"v1.3.0": "order expired in the queue: 1 slot for all connectors",
			"v1.4.0": "no free slot: 8 of 8 held by orders that hang",
			"v1.5.0": "no free slot: 8 of 8 lost to failed orders",
		},
		componentPanel: {
			"v1.3.0": "session not found: request sent back to the login page",
			"v1.4.0": "status page failed: one connector did not answer",
			"v1.5.0": "API answers 429 Too Many Requests: full listing asked for once per row",
		},
	}
	if reason, known := reasons[p.component][version]; known {
		return reason
	}
	if version == "" {
		return "the deployed file is missing or declares no version"
	}
	return "unexpected failure in " + version
}
