package runbooks

import "strings"

// clientOptions are the options with which a client of clusters, containers or services
// still only reads. Others may write a file (kubectl --log-file, podman --out), run a
// program (podman --runtime) or read a configuration that does.
type clientOptions struct {
	long   map[string]bool // without the dashes
	flags  string          // letters that stand alone
	valued string          // letters that take a value: what follows in the word, or the next word
}

var (
	ofKubectl = clientOptions{
		long: wordSet(`namespace context cluster user token server request-timeout as as-group as-uid insecure-skip-tls-verify certificate-authority v
			all-namespaces selector field-selector label-columns show-labels show-kind sort-by no-headers watch watch-only output-watch-events ignore-not-found chunk-size
			server-print subresource show-managed-fields template allow-missing-template-keys filename recursive raw show-events
			container all-containers all-pods previous follow tail since since-time timestamps prefix limit-bytes max-log-requests pod-running-timeout ignore-errors
			containers use-protocol-buffers sum show-capacity show-swap client short api-group api-version cached categories namespaced verbs help suggest show-token show-context show-server`),
		flags: "AwRphf", valued: "nolLcsv", // -f is a flag of logs, and names a file elsewhere: nothing is lost
	}
	ofDocker = clientOptions{
		long: wordSet(`all filter format last latest no-trunc quiet size digests tree type since until tail details follow timestamps no-stream context host log-level debug help
			pod namespace ns external noheading sort history color names watch no-reset interval`),
		flags: "aqlstdDhw", valued: "fncHL",
	}
	ofSystemctl = clientOptions{
		long: wordSet(`no-pager plain all full lines type state property value failed user system quiet no-legend legend recursive reverse after before with-dependencies
			host machine show-types timestamp no-ask-password help`),
		flags: "alqrh", valued: "ntpHM",
	}
	ofHelm = clientOptions{
		long: wordSet(`namespace kube-context kube-apiserver kube-as-user kube-as-group kube-token kube-insecure-skip-tls-verify debug burst-limit qps
			all all-namespaces filter all deployed failed pending superseded uninstalled uninstalling date reverse max offset selector short time-format no-headers
			revision show-desc show-resources template help`),
		flags: "aAqdrh", valued: "nflmo",
	}
	clients = map[string]clientOptions{"kubectl": ofKubectl, "oc": ofKubectl, "docker": ofDocker, "podman": ofDocker, "systemctl": ofSystemctl, "helm": ofHelm}
)

// allows reports whether an option is known to be harmless.
func (o clientOptions) allows(word string) bool {
	if name, long := strings.CutPrefix(word, "--"); long {
		name, _, _ = strings.Cut(name, "=")
		return name == "" || o.long[name]
	}
	for _, letter := range word[1:] {
		switch {
		case strings.ContainsRune(o.valued, letter):
			return true // the rest is its value
		case !strings.ContainsRune(o.flags, letter):
			return false
		}
	}
	return true
}

// clientReads judges the clients of clusters, containers and services by their
// subcommand and options. A word that begins with a variable is taken for the name of
// something, as far as this goes: script.spreads notes the variable, whose value is judged.
func clientReads(name string, verbs map[string]bool, args []argument) bool {
	found := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		if len(a.text) > 1 && a.text[0] == '-' && !clients[name].allows(a.text) {
			return false
		}
		switch {
		case strings.Contains(a.text, "ssh://"): // docker runs ssh to get there
			return false
		case found && (a.begins && (strings.Contains(a.text, "{") || strings.HasPrefix(a.text, "-"))), a.slack():
			return false // several words, or an option that is not known
		case found:
		case a.dynamic || a.begins || a.text == "":
			return false
		case globalFlags[a.text]:
			if i++; i < len(args) && args[i].mayBeSeveral() {
				return false
			}
			if i < len(args) && strings.Contains(args[i].text, "ssh://") {
				return false
			}
		case strings.HasPrefix(a.text, "--") && strings.Contains(a.text, "="):
		case !verbs[a.text]:
			return false
		default:
			found = true
		}
	}
	return found
}
