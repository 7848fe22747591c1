package actions

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"genia.ai/bitacora/runbooks"
)

// landingRun is a shell run with a home of its own in which files can be put.
func landingRun(t *testing.T, more ...string) (s *shellRun, home string) {
	t.Helper()
	s = newShellRun(t)
	home = t.TempDir()
	s.exec.environ = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}, more...)
	return s, home
}

func put(t *testing.T, text string, elements ...string) {
	t.Helper()
	path := filepath.Join(elements...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lands previews a block that writes and returns its facts but those that every
// block has.
func (s *shellRun) lands(code string, set runbooks.Settings) string {
	s.t.Helper()
	action := script(code, set)
	action.Effect = runbooks.EffectWrite
	p, err := s.exec.Preview(Request{Action: action, Params: s.params, Env: s.env, Secrets: s.secrets, Dir: s.dir, Shell: &s.state})
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, f := range p.Lands {
		if f.Name != "host" && f.Name != "user" || set.Host != "" {
			all = append(all, f.Name+"="+f.Value)
		}
	}
	return strings.Join(all, " ")
}

func (s *shellRun) landsOn(want map[string]string) {
	s.t.Helper()
	for code, facts := range want {
		if got := s.lands(code, runbooks.Settings{}); got != facts {
			s.t.Errorf("%s\n got %q\nwant %q", code, got, facts)
		}
	}
}

func TestLandingIsToldOfWhatIsAsked(t *testing.T) {
	s, _ := landingRun(t)
	host, _ := os.Hostname()
	for effect, confirm := range map[runbooks.Effect]bool{runbooks.EffectWrite: false, runbooks.EffectDestructive: false, runbooks.EffectRead: true} {
		action := script("true", runbooks.Settings{Confirm: confirm})
		action.Effect = effect
		p, err := s.exec.Preview(Request{Action: action, Dir: s.dir})
		if err != nil || len(p.Lands) != 2 || p.Lands[0] != (Fact{"host", host}) || p.Lands[1].Name != "user" || p.Lands[1].Value == "" {
			t.Errorf("%s: %+v, %v", effect, p.Lands, err)
		}
	}
	if p, _ := s.exec.Preview(Request{Action: script("git push", runbooks.Settings{}), Dir: s.dir}); p.Lands != nil {
		t.Errorf("a block that only reads: %+v", p.Lands)
	}
	if p, _ := s.exec.Preview(Request{Action: script("git push", runbooks.Settings{}), Dir: s.dir, Asked: true}); len(p.Lands) < 2 {
		t.Errorf("a block that is asked about although it seems only to read: %+v", p.Lands)
	}
	h := httpAction("POST {{API}}/x", runbooks.Settings{})
	h.Effect = runbooks.EffectWrite
	p, err := Rehearsal()[runbooks.KindHTTP].Preview(Request{Action: h, Env: map[string]string{"API": "https://api.example:8443/v1"}})
	if err != nil || !slices.Equal(p.Lands, []Fact{{"http.origin", "https://api.example:8443"}}) {
		t.Errorf("http: %+v, %v", p.Lands, err)
	}
	m := mailAction("From: a@x.example\nTo: b@x.example\nCc: c@x.example\nSubject: s\n\nx")
	m.Effect = runbooks.EffectWrite
	p, err = Rehearsal()[runbooks.KindMail].Preview(Request{Action: m, Env: map[string]string{"SMTP_URL": "smtps://mail.example"}})
	if err != nil || len(p.Lands) != 2 || !strings.HasPrefix(p.Lands[0].Value, "mail.example:") || p.Lands[1] != (Fact{"mail.to", "b@x.example, c@x.example"}) {
		t.Errorf("mail: %+v, %v", p.Lands, err)
	}
}

func TestLandingOfGit(t *testing.T) {
	s, home := landingRun(t)
	put(t, "ref: refs/heads/release/2.1\n", s.dir, ".git", "HEAD")
	put(t, "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://ana:hunter2@git.example/a/b.git?private_token=x\n\tfetch = +refs/heads/*\n"+
		"[remote \"fork\"]\n\turl = git@fork.example:ana/b.git\n\tpushurl = \"ssh://git@push.example/b.git\"\n[branch \"release/2.1\"]\n\tremote = fork\n", s.dir, ".git", "config")
	put(t, "gitdir: "+filepath.Join(s.dir, ".git", "worktrees", "w"), home, "w", ".git")
	put(t, "0123456789abcdef0123456789abcdef01234567\n", s.dir, ".git", "worktrees", "w", "HEAD")
	put(t, "../..\n", s.dir, ".git", "worktrees", "w", "commondir")
	put(t, "x", s.dir, "sub", "file")
	s.params = map[string]string{"W": "w"}
	const branch = "git.branch=release/2.1 git.remote="
	s.landsOn(map[string]string{
		"git commit -m x":                        branch + "fork.example:ana/b.git",
		"cd sub && git pull":                     branch + "fork.example:ana/b.git",
		"git push":                               branch + "ssh://push.example/b.git",
		"git -C sub push -f origin x":            branch + "https://git.example/a/b.git",
		"git push https://u:p@h/x main":          branch + "https://h/x",
		"git push \"$(where)\"":                  branch,
		"cd ~/$W; git commit":                    "git.branch=01234567 (detached) git.remote=https://git.example/a/b.git",
		"cd /; git commit":                       "git.branch= git.remote=",
		"cd \"$(where)\"; git commit":            "git.branch= git.remote=",
		"GIT_DIR=/x git commit":                  "git.branch= git.remote=",
		"git clone https://h/x":                  "",
		"echo git; ./git-thing":                  "",
		"bash -c 'cd sub; git commit'":           branch + "fork.example:ana/b.git",
		"sudo systemctl restart x; sudo -n $(x)": "sudo=root",
		"sudo -u deploy git push":                "sudo=deploy git.branch= git.remote=",
	})
	if r := s.do(script("cd sub; export KUBECONFIG=/nowhere", runbooks.Settings{})); r.Outcome != OutcomeOK {
		t.Fatal(show(r))
	}
	s.landsOn(map[string]string{"git commit": branch + "fork.example:ana/b.git", "kubectl apply": "kube.context= kube.namespace="})
}

const kubeText = `apiVersion: v1
current-context: prod
clusters:
- {name: c, cluster: {server: "https://k.example"}}
contexts:
- name: prod
  context: {cluster: c, namespace: shop, user: u}
- name: dev
  context:
    cluster: c
users:
- name: u
  user: {token: hunter2hunter2}
`

func TestLandingOfKube(t *testing.T) {
	s, home := landingRun(t)
	put(t, kubeText, home, ".kube", "config")
	put(t, `{"current-context": "json", "contexts": [{"name": "json", "context": {"namespace": "n"}}]}`, home, "other")
	put(t, "contexts: [", home, "broken")
	s.env = map[string]string{"NS": "blue"}
	s.landsOn(map[string]string{
		"kubectl delete pod x":                                             "kube.context=prod kube.namespace=shop",
		"kubectl --context dev delete pod x":                               "kube.context=dev kube.namespace=default",
		"kubectl --context=dev -n \"$NS\" delete pod x":                    "kube.context=dev kube.namespace=blue",
		"kubectl delete pod x -nred; helm upgrade a b":                     "kube.context=prod kube.namespace=red kube.context=prod kube.namespace=shop",
		"helm --kube-context dev upgrade a":                                "kube.context=dev kube.namespace=default",
		"HELM_NAMESPACE=h helm upgrade a":                                  "kube.context=prod kube.namespace=h",
		"kubectl delete pods -A":                                           "kube.context=prod kube.namespace=*",
		"KUBECONFIG=$HOME/other kubectl apply":                             "kube.context=json kube.namespace=n",
		"export KUBECONFIG=/none:$HOME/other:$HOME/.kube/config; oc apply": "kube.context=json kube.namespace=n",
		"kubectl --kubeconfig ~/broken apply":                              "kube.context= kube.namespace=",
		"kubectl --kubeconfig /none apply":                                 "kube.context= kube.namespace=",
		"kubectl -n \"$(ns)\" apply":                                       "kube.context=prod kube.namespace=",
		"kubectl --context \"$(c)\" apply":                                 "kube.context= kube.namespace=",
		"kubectl -s https://u:p@k.example apply":                           "kube.server=https://k.example kube.context=prod kube.namespace=shop",
		"sudo kubectl --context dev apply":                                 "sudo=root kube.context=dev kube.namespace=",
		"timeout -k 1 5 nohup env A=b kubectl apply":                       "kube.context=prod kube.namespace=shop",
	})
	if got := s.lands("kubectl -n shop apply; git push", runbooks.Settings{Host: "ana@db1", Cwd: s.dir}); got != "host=db1 user=ana kube.context= kube.namespace=shop git.branch= git.remote=" {
		t.Errorf("on a host: %q", got)
	}
}

func TestLandingOfClouds(t *testing.T) {
	s, home := landingRun(t, "AWS_PROFILE=prod")
	put(t, "[default]\nregion = eu-west-1\n[profile prod]\nregion = eu-south-2\nrole_arn = arn:aws:iam::123456789012:role/x\n[profile sso]\nsso_account_id = 210987654321\n", home, ".aws", "config")
	put(t, "prod\n", home, ".config", "gcloud", "active_config")
	put(t, "[core]\naccount = ana@x.example\nproject = shop-prod\n", home, ".config", "gcloud", "configurations", "config_prod")
	put(t, "[core]\nproject = shop-dev\n", home, ".config", "gcloud", "configurations", "config_dev")
	put(t, "\ufeff"+`{"subscriptions": [{"name": "Dev", "isDefault": false}, {"name": "Prod", "isDefault": true, "user": {"name": "ana@x.example"}}]}`, home, ".azure", "azureProfile.json")
	put(t, "staging", s.dir, ".terraform", "environment")
	put(t, "x", s.dir, "infra", "main.tf")
	s.landsOn(map[string]string{
		"aws s3 rm x": "aws.profile=prod aws.account=123456789012 aws.region=eu-south-2",
		"aws --profile sso --region us-east-1 s3 rm x":      "aws.profile=sso aws.account=210987654321 aws.region=us-east-1",
		"AWS_PROFILE= aws s3 rm x":                          "aws.profile=default aws.region=eu-west-1",
		"AWS_PROFILE= AWS_ACCESS_KEY_ID=AKIA aws s3 rm x":   "aws.profile=AWS_ACCESS_KEY_ID aws.region=",
		"AWS_PROFILE=$(pick) aws s3 rm x":                   "aws.profile= aws.region=",
		"gcloud run deploy":                                 "gcloud.project=shop-prod gcloud.account=ana@x.example",
		"gcloud --project other run deploy":                 "gcloud.project=other gcloud.account=ana@x.example",
		"gcloud --configuration=dev run deploy":             "gcloud.project=shop-dev gcloud.account=",
		"CLOUDSDK_ACTIVE_CONFIG_NAME=../../x gcloud deploy": "gcloud.project= gcloud.account=",
		"az vm delete":                              "az.subscription=Prod az.account=ana@x.example",
		"az vm delete --subscription Dev":           "az.subscription=Dev",
		"AZURE_CONFIG_DIR=/none az vm delete":       "az.subscription=",
		"AWS_PROFILE= terraform apply":              "terraform.workspace=staging",
		"AWS_PROFILE= terraform -chdir=infra apply": "terraform.workspace=default",
		"TF_WORKSPACE=x tofu apply":                 "terraform.workspace=x aws.profile=prod aws.account=123456789012 aws.region=eu-south-2",
	})
}

func TestLandingOfClients(t *testing.T) {
	s, home := landingRun(t)
	put(t, `{"currentContext": "far"}`, home, ".docker", "config.json")
	sum := sha256.Sum256([]byte("far"))
	put(t, `{"Name": "far", "Endpoints": {"docker": {"Host": "ssh://root@far.example"}}}`, home, ".docker", "contexts", "meta", hex.EncodeToString(sum[:]), "meta.json")
	put(t, "registry=https://u:p@npm.example/\n//npm.example/:_authToken=hunter2hunter2\n", home, ".npmrc")
	s.env = map[string]string{"PGHOST": "pg1", "PGUSER": "app"}
	s.landsOn(map[string]string{
		"docker stop x":                                        "docker.context=far docker.host=ssh://far.example",
		"docker run -h name -c 5 image":                        "docker.context=far docker.host=ssh://far.example",
		"docker -c default stop x":                             "docker.context=default",
		"DOCKER_HOST=tcp://d:2376 docker stop x":               "docker.host=tcp://d:2376",
		"DOCKER_CONFIG=/none docker stop x":                    "docker.context=default",
		"psql -d shop -c 'drop table x'":                       "postgres.host=pg1 postgres.database=shop postgres.user=app",
		"psql -h pg2 -U root":                                  "postgres.host=pg2 postgres.user=root",
		"psql postgres://u:p@pg3/shop?password=x":              "postgres.database=postgres://pg3/shop",
		"psql -d 'host=x password=y'":                          "postgres.database=",
		"mysql -h db -u root -phunter2 shop":                   "mysql.host=db mysql.user=root",
		"mysql shop":                                           "mysql.host=",
		"redis-cli -h r1 flushall; redis-cli -u redis://:p@r2": "redis.host=r1 redis.host=redis://r2",
		"npm publish":                                          "npm.registry=https://npm.example/",
		"npm publish --registry https://r.example":             "npm.registry=https://r.example",
		"ssh -p 22 web1 reboot; rsync -a ./x web2:/srv/":       "ssh.host=web1 ssh.host=web2",
	})
}

// Hostile files are neither believed nor waited for, and nothing of them reaches
// the screen but text.
func TestLandingOfHostileFiles(t *testing.T) {
	s, home := landingRun(t)
	s.secrets = map[string]string{"TOKEN": "hunter2hunter2"}
	put(t, "ref: refs/heads/\x1b]52;c;AAAA\a\x1b[2Jmain\u202e\nhunter2hunter2"+strings.Repeat("x", 500)+"\n", s.dir, ".git", "HEAD")
	put(t, "[remote \"origin\"]\nurl = https://h/\x1b[31mred\u009b2J\n[remote \"", s.dir, ".git", "config")
	const clean = "git.branch=main [secret TOKEN]"
	if got := s.lands("git push", runbooks.Settings{}); !strings.HasPrefix(got, clean) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x9b || r == 0x202e }) ||
		!strings.HasSuffix(got, "… git.remote=https://h/red") {
		t.Errorf("got %q", got)
	}
	kube := filepath.Join(home, ".kube", "config")
	for name, make := range map[string]func() error{
		"10 MB":       func() error { return os.WriteFile(kube, []byte(kubeText+strings.Repeat("# x\n", 10<<18)), 0o600) },
		"a FIFO":      func() error { return syscall.Mkfifo(kube, 0o600) },
		"a loop":      func() error { return os.Symlink("config", kube) },
		"a directory": func() error { return os.Mkdir(kube, 0o700) },
		"a device":    func() error { return os.Symlink("/dev/zero", kube) },
		"brackets":    func() error { return os.WriteFile(kube, []byte(strings.Repeat("[", 1<<20)), 0o600) },
		"dashes":      func() error { return os.WriteFile(kube, []byte(strings.Repeat("- ", 1<<19)), 0o600) },
		"indentation": func() error {
			var b strings.Builder
			for i := range 1300 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return os.WriteFile(kube, []byte(b.String()), 0o600)
		},
		"aliases": func() error {
			text := "a0: &a0 [x, x]\n"
			for i := 1; i < 30; i++ {
				p, n := string(rune('a'+i-1)), string(rune('a'+i))
				_ = p
				text += n + ": &" + n + " [*" + map[bool]string{true: "a0", false: p}[i == 1] + ", *" + map[bool]string{true: "a0", false: p}[i == 1] + "]\n"
			}
			return os.WriteFile(kube, []byte(text+"contexts: *a\n"), 0o600)
		},
		"not YAML": func() error { return os.WriteFile(kube, []byte("\x00\xff\n\t- :"), 0o600) },
	} {
		if err := os.RemoveAll(filepath.Join(home, ".kube")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(home, ".kube"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := make(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if got := s.lands("kubectl apply", runbooks.Settings{}); got != "kube.context= kube.namespace=" && got != "kube.context= kube.namespace=default" {
			t.Errorf("%s: %q", name, got)
		}
		if took := time.Since(began); took > 2*landLimit {
			t.Errorf("%s took %v", name, took)
		}
	}
	if got := s.lands("AWS_PROFILE=$TOKEN aws s3 rm", runbooks.Settings{}); got != "aws.profile= aws.region=" {
		t.Errorf("a secret: %q", got)
	}
	if got := s.lands(strings.Repeat("ssh h$((1)) x; ssh \"h\"'1'\nredis-cli -h r", 1)+strings.Repeat("\nredis-cli -h r1\nredis-cli -h r2", 500), runbooks.Settings{}); strings.Count(got, "redis") != 3 {
		t.Errorf("each once: %q", got)
	}
}

// A file system that does not answer does not keep anybody waiting.
func TestLandingDoesNotWait(t *testing.T) {
	s, _ := landingRun(t)
	clock := &hungClock{answers: make(chan struct{})}
	defer close(clock.answers)
	s.exec.clock = clock
	if got := s.lands("kubectl apply", runbooks.Settings{}); got != "files=" {
		t.Errorf("got %q", got)
	}
}

// hungClock is one by which every time is over at once, while whoever looks at a
// file waits.
type hungClock struct {
	SystemClock
	asked   atomic.Int64
	answers chan struct{}
}

// Now is asked once for the limit, and then before each file.
func (c *hungClock) Now() time.Time {
	if c.asked.Add(1) > 1 {
		<-c.answers
	}
	return time.Now()
}

func (*hungClock) AfterFunc(_ time.Duration, f func()) func() bool {
	f()
	return func() bool { return false }
}

// Every fact that can be told has a label in both languages and stands in the docs.
func TestLandingNamesAreKnown(t *testing.T) {
	read := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	english, spanish := read("../internal/i18n/messages/lands.en.json"), read("../internal/i18n/messages/lands.es.json")
	docs := strings.Join(strings.Fields(read("../docs/transcript-format.md")), " ")
	sources, _ := filepath.Glob("*.go")
	names := 0
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?:\.(?:add|word)\(|Fact\{\{?|, \{)"([a-z.]+)", `).FindAllStringSubmatch(read(source), -1) {
			names++
			for where, text := range map[string]string{"English": english, "Spanish": spanish} {
				if !strings.Contains(text, `"lands.`+m[1]+`": `) {
					t.Errorf("%s has no %s label", m[1], where)
				}
			}
			if !strings.Contains(docs, m[1]+" ") && !strings.Contains(docs, m[1]+"`") {
				t.Errorf("%s is not documented", m[1])
			}
		}
	}
	if names < 30 {
		t.Errorf("only %d names were found", names)
	}
}
