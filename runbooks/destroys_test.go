package runbooks

import (
	"strings"
	"testing"
)

func TestLooksDestructive(t *testing.T) {
	for code, want := range map[string]string{
		"rm -rf old":                           "rm -r",
		"echo a; sudo rm -r x":                 "rm -r",
		`\rm -rf x`:                            "rm -r",
		`"rm" -rf x`:                           "rm -r",
		`r'm' -rf x`:                           "rm -r",
		"/bin/rm -rf x":                        "rm -r",
		"kubectl -n a delete pod x":            "kubectl delete",
		`psql -c "DROP TABLE t"`:               "DROP TABLE",
		"echo 'drop  database x' | psql":       "drop database",
		"ssh h 'rm -rf /x'":                    "rm -r",
		`bash -c "kubectl delete ns x"`:        "kubectl delete",
		"git push --force":                     "git push --force",
		"> /var/lib/x":                         "> /var/lib/x",
		": > \"$LOG\"":                         ">",
		"dd if=x of=/dev/sda":                  "dd of=/dev/sda",
		"find . -name x -delete":               "find -delete",
		"mkfs.ext4 /dev/sdb":                   "mkfs.ext4",
		"helm -n a uninstall x":                "helm uninstall",
		"curl -X DELETE https://x":             "curl -X DELETE",
		"if [ x; rm -rf y":                     "rm -r", // no valid shell
		"sudo -n find . -delete (":             "find -delete",
		`psql -h db -c "DROP TABLE users"`:     "DROP TABLE", // the host, not help
		`mysql -h db -e "DROP DATABASE prod"`:  "DROP DATABASE",
		"redis-cli -h cache flushall":          "flushall",
		"dropdb -h db prod":                    "dropdb",
		"psql -h db <<EOF\ndrop table x;\nEOF": "drop table",
		"rm -rf /x --help":                     "rm -r",
		"rm -rf -h":                            "rm -r",
		"rm -rf x --dry-run":                   "rm -r",
		"mkfs.ext4 --dry-run /dev/sdb":         "mkfs.ext4",
		"shred --dry-run x":                    "shred",
		"find . -delete --help":                "find -delete",
		"kubectl delete pod x --dry-run=none":  "kubectl delete",
		"kubectl delete pod x --dry-run=$X":    "kubectl delete",
		"kubectl delete pod x -- --help":       "kubectl delete",
		"kubectl delete --dry-run=client --dry-run=none pod x": "kubectl delete",
		"terraform destroy --dry-run":                          "terraform destroy",
		"kubectl delete --help":                                "",
		"kubectl delete -h":                                    "",
		"helm uninstall x --dry-run":                           "",
		"docker compose down -v --dry-run":                     "",
		"psql --help":                                          "",
		"dropdb --help":                                        "",
		"git push --force --dry-run":                           "",
		"aws s3 rm --recursive s3://x --dryrun":                "",
		"rsync --delete --dry-run a b":                         "",
		"psql -h db -c 'select 1'":                             "",
		"echo 'rm -rf x' > f":                                  "",
		"# rm -rf x\ntouch y":                                  "",
		"touch x":                                              "",
		"if [ x; # rm":                                         "",
		"kubectl apply -f x":                                   "",
		"kubectl delete pod x --dry-run=client":                "",
		"systemctl restart x":                                  "",
		"touch x" + strings.Repeat(" ", 70<<10):                "",
		"rm -rf x\n" + strings.Repeat("#\n", 40<<10):           "rm -r",
	} {
		a := &Action{Kind: KindShell, Lang: "sh", Code: code, Effect: EffectWrite}
		if got, yes := a.LooksDestructive(); got != want || yes != (want != "") {
			t.Errorf("%.60q: %q, want %q", code, got, want)
		}
		if a.Declared = true; a.Effect == EffectWrite {
			if got, yes := a.LooksDestructive(); yes {
				t.Errorf("%.60q was declared a write, yet %q", code, got)
			}
		}
	}
	for name, a := range map[string]*Action{
		"http":   {Kind: KindHTTP, Code: "DELETE https://x.example/y", Effect: EffectWrite},
		"python": {Kind: KindShell, Lang: "python", Code: "import shutil\nshutil.rmtree('x')", Effect: EffectWrite},
	} {
		if _, yes := a.LooksDestructive(); !yes {
			t.Errorf("%s does not look destructive", name)
		}
	}
	for name, a := range map[string]*Action{
		"post":      {Kind: KindHTTP, Code: "POST https://x.example/y", Effect: EffectWrite},
		"python":    {Kind: KindShell, Lang: "python", Code: "print('x')", Effect: EffectWrite},
		"mail":      {Kind: KindMail, Code: "To: a@x.example\n\nrm -rf x", Effect: EffectWrite},
		"only read": {Kind: KindShell, Code: "ls", Effect: EffectRead},
	} {
		if what, yes := a.LooksDestructive(); yes {
			t.Errorf("%s: %s", name, what)
		}
	}
}

// TestCheapCheckKnowsEveryDestroyer: what lint finds is not lost to the check that
// keeps most scripts from being parsed.
func TestCheapCheckKnowsEveryDestroyer(t *testing.T) {
	for _, list := range []map[string]bool{destroyers, sqlClients, otherDestroyers} {
		for name := range list {
			if !mayDestroy("sudo " + name + " x") {
				t.Errorf("%s is not known", name)
			}
		}
	}
	for name := range verbsOf {
		if !mayDestroy("/usr/bin/" + name + " x") {
			t.Errorf("%s is not known", name)
		}
	}
	if mayDestroy("perform --address x; ls") {
		t.Error("parts of words count")
	}
}
