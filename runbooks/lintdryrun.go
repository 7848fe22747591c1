package runbooks

import "strings"

// Options with which a program that can destroy does nothing. They are believed only of
// programs that are known to have them: -h names the host to psql and redis-cli, and rm
// and mkfs take or refuse them as they please.

// sayHelp are the programs that explain themselves for --help and -h, and do nothing else.
var sayHelp = wordSet("git kubectl oc terraform tofu pulumi terragrunt docker docker-compose podman podman-compose helm etcdctl gcloud az doctl vault gh argocd eksctl velero heroku " +
	"vagrant rclone")

// sayLongHelp do so for --help alone.
var sayLongHelp = wordSet("psql mysql mariadb cqlsh mongo mongosh clickhouse-client redis-cli dropdb dropuser rabbitmqctl openstack consul virsh aws curl rsync " +
	"kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh")

// dryRuns are the options, by program, with which it only says what it would do.
var dryRuns = map[string]map[string]bool{
	"kubectl": wordSet("--dry-run --dry-run=client --dry-run=server"),
	"oc":      wordSet("--dry-run --dry-run=client --dry-run=server"),
	"helm":    wordSet("--dry-run --dry-run=client --dry-run=server --dry-run=true"),
	"git":     wordSet("--dry-run"),
	"aws":     wordSet("--dryrun --dry-run"),
	"rsync":   wordSet("--dry-run"),
	"rclone":  wordSet("--dry-run"),
	"docker":  wordSet("--dry-run"), "docker-compose": wordSet("--dry-run"),
	"kafka-consumer-groups": wordSet("--dry-run"), "kafka-consumer-groups.sh": wordSet("--dry-run"),
}

// onlyTells reports whether an option of a command keeps it from doing anything. Of
// options that take each other back, the last counts; what stands behind -- is none.
func (c shellCall) onlyTells() bool {
	dry, help := dryRuns[c.name], sayHelp[c.name]
	long := help || sayLongHelp[c.name]
	if dry == nil && !long {
		return false
	}
	tells := false
	for _, a := range c.args {
		switch name, _, _ := strings.Cut(a.text, "="); {
		case a.text == "--" && !a.dynamic:
			return tells
		case a.dynamic:
			tells = tells && !strings.HasPrefix(a.text, "--dry")
		case long && a.text == "--help", help && a.text == "-h":
			return true
		case dry[a.text]:
			tells = true
		case name == "--dry-run", a.text == "--no-dry-run":
			tells = false
		}
	}
	return tells
}
