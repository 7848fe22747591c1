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
		"ssh host <<EOF\ncd /tmp\nrm -rf /x\nEOF":              "rm -r",
		"ssh -p 2 u@h bash -s <<'EOF'\nrm -rf /x\nEOF":         "rm -r",
		"ssh h sudo psql <<EOF\ndrop table x;\nEOF":            "drop table",
		"bash <<EOF\nkubectl delete ns x\nEOF":                 "kubectl delete",
		"sudo bash -s -- a <<EOF\nrm -rf /x\nEOF":              "rm -r",
		"sudo -s <<EOF\nrm -rf /x\nEOF":                        "rm -r",
		"su - postgres <<EOF\ndropdb x\nEOF":                   "dropdb",
		"bash <<< 'rm -rf /x'":                                 "rm -r",
		"cat <<EOF | bash\nrm -rf /x\nEOF":                     "rm -r",
		"cat <<EOF | sudo sh -s\nrm -rf /x\nEOF":               "rm -r",
		"cat <<'EOF' | ssh h\nrm -rf /x\nEOF":                  "rm -r",
		"cat <<EOF | psql\ndrop table x\nEOF":                  "drop table",
		"echo 'rm -rf /x' | sh":                                "rm -r",
		"kubectl exec -i p -- sh <<EOF\nrm -rf /x\nEOF":        "rm -r",
		"bash <<EOF\nif (\nrm -rf /x\nEOF":                     "rm -r",
		"curl -sXDELETE https://x":                             "curl -X DELETE",
		"curl -fsSX DELETE https://x":                          "curl -X DELETE",
		"curl -XDELETE https://x":                              "curl -X DELETE",
		"curl --request delete https://x":                      "curl -X DELETE",
		"$SUDO rm -rf /data":                                   "rm -r",
		"\"$SUDO\" -n rm -rf /data":                            "rm -r",
		"${SUDO:-} $OPTS kubectl delete pod x":                 "kubectl delete",
		"sudo $OPTS rm -rf /data":                              "rm -r",
		"sudo -n rm -rf /data":                                 "rm -r",
		"sudo -u x A=1 rm -rf /data":                           "rm -r",
		"/usr/bin/sudo rm -rf x":                               "rm -r",
		"xargs sudo rm":                                        "xargs rm",
		"nice -n 5 ionice -c 3 rm -rf x":                       "rm -r",
		"flock /x rm -rf y":                                    "rm -r",
		"docker-compose down -v":                               "docker-compose down",
		"docker-compose -f x.yaml down --volumes":              "docker-compose down",
		"chroot /mnt rm -rf x":                                 "rm -r",
		"parallel rm -rf ::: a b":                              "rm -r",
		"parallel -j 4 'rm -rf {}' ::: a b":                    "rm -r",
		"watch 'rm -rf /x'":                                    "rm -r",
		"find . -exec sh -c 'rm -rf x' \\;":                    "rm -r",
		"builtin eval rm -rf /x":                               "rm -r",
		"eval 'rm -rf x'":                                      "rm -r",
		"su -c 'rm -rf x'":                                     "rm -r",
		"su -s /bin/sh u -c 'rm -rf x'":                        "rm -r",
		"runuser -u u -- rm -rf x":                             "rm -r",
		"bash -o pipefail -c 'rm -rf x'":                       "rm -r",
		"for x in a; do rm -rf $x; done (":                     "rm -r", // no valid shell
		"if true; then rm -rf x; fi (":                         "rm -r",
		"else rm -rf x; fi (":                                  "rm -r",
		"f() { rm -rf x; } (":                                  "rm -r",
		"sudo -u root rm -rf x (":                              "rm -r",
		"timeout 5 rm -rf x (":                                 "rm -r",
		"ssh h 'rm -rf x' (":                                   "rm -r",
		"bash -ec 'rm -rf x' (":                                "rm -r",
		"$SUDO rm -rf x (":                                     "rm -r",
		"A=1 rm -rf x (":                                       "rm -r",
		"ssh host <<EOF\nls /x\nEOF":                           "",
		"cat <<EOF\nrm -rf /x\nEOF":                            "",
		"cat <<EOF | grep x\nrm -rf /x\nEOF":                   "",
		"grep x <<EOF\nrm -rf /x\nEOF":                         "",
		"bash deploy.sh <<EOF\nrm -rf /x\nEOF":                 "",
		"curl -sX POST https://x/DELETE":                       "",
		"curl -s -o XDELETE https://x":                         "",
		"curl -oXDELETE https://x":                             "",
		"docker-compose down":                                  "",
		"$EDITOR x; \"$CMD\" a":                                "",
		"\"$RM\" -rf x > f":                                    "",
		"chroot /mnt ls":                                       "",
		"parallel ls ::: rm -rf":                               "",
		"sudo -u rm ls -r":                                     "",
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
	for code, want := range inOtherLanguages {
		lang, code, _ := strings.Cut(code, "|")
		a := &Action{Kind: KindShell, Lang: lang, Code: code, Effect: EffectWrite}
		if lang == "fish" {
			a.Lang, a.Settings.Interpreter = "sh", lang
		}
		if got, _ := a.LooksDestructive(); got != want {
			t.Errorf("%s: %.80q: %q, want %q", lang, code, got, want)
		}
	}
	for name, a := range map[string]*Action{
		"http":   {Kind: KindHTTP, Code: "DELETE https://x.example/y", Effect: EffectWrite},
		"tab":    {Kind: KindHTTP, Code: "DELETE\thttps://x.example/y", Effect: EffectWrite},
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

// inOtherLanguages tells what scripts destroy with, each as "language|code".
var inOtherLanguages = map[string]string{
	"python|import os\nos.system('rm -rf /x')": "rm -r", "python|subprocess.run(['rm','-rf','/x'])": "rm -r", "python|subprocess.run(\n  [\"rm\",\n   \"-rf\", path],\n check=True)": "rm -r", "python|subprocess.Popen(\"sudo rm -rf /x\", shell=True)": "rm -r",
	"python|from shutil import rmtree\nrmtree('/x')": "rmtree", "python|shutil.rmtree(x)": "shutil.rmtree", "python|subprocess.check_call(f'cd {x} && kubectl delete ns {y}', shell=True)": "kubectl delete", "python|os.spawnvp(os.P_WAIT, 'rm', ['rm', '-rf', x])": "rm -r",
	"perl|system('rm -rf /x');": "rm -r", "perl|system 'rm', '-rf', $x;": "rm -r", "perl|my $x = `rm -rf /x`;": "rm -r", "perl|qx{rm -rf /x};": "rm -r", "perl|system qw(rm -rf /x);": "rm -r", "ruby|system \"rm -rf #{x}\"": "rm -r", "ruby|%x(rm -rf /x)": "rm -r",
	"php|<?php shell_exec('rm -rf /x');": "rm -r", "node|require('child_process').execSync('rm -rf /x')": "rm -r", "node|spawn('rm', ['-rf', x])": "rm -r", "node|fs.rm(x, { recursive: true })": "rm", "lua|os.execute('rm -rf /x')": "rm -r",
	"python|os.system(\"ssh h 'rm -rf /x'\")": "rm -r", "fish|rm -rf /x": "rm -r", "fish|if test -d x\n  rm -rf x\nend": "rm -r", "fish|for x in a; rm -rf $x; end": "rm -r", "fish|sudo rm -rf x; and ls": "rm -r",
	"python|" + strings.Repeat("run('ls')\n", 5001): "run", "fish|ls -r": "", "fish|# rm -rf x": "", "python|# os.system('rm -rf x')": "", "python|print('rm -rf x')": "", "python|subprocess.run(['kubectl', 'get', 'pods'])": "", "python|os.system('rm x')": "", "perl|system('ls -rf');": "", "node|// execSync('rm -rf x')": "", "python|\"\"\"Like `rm -rf x`.\"\"\"": "",
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
