package actions

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"

	"genia.ai/bitacora/runbooks"
)

// aws tells profile, region and, where the configuration names it, the account.
func (c landCall) aws() {
	profile := c.either(c.flag("--profile"), "AWS_PROFILE", "AWS_DEFAULT_PROFILE")
	keys := c.Var("AWS_ACCESS_KEY_ID")
	if profile.Known && profile.Text == "" {
		switch {
		case !keys.Known:
			profile.Known = false
		case keys.Text != "": // whose they are stands nowhere
			c.add("aws.profile", "AWS_ACCESS_KEY_ID")
			c.word("aws.region", c.awsRegion(nil))
			return
		default:
			profile.Text = "default"
		}
	}
	c.word("aws.profile", profile)
	section := c.awsSection(profile)
	if account := awsAccount(section); account != "" {
		c.add("aws.account", account)
	}
	c.word("aws.region", c.awsRegion(section))
}

func (c landCall) awsRegion(section map[string]string) runbooks.Word {
	region := c.either(c.flag("--region"), "AWS_REGION", "AWS_DEFAULT_REGION")
	if region.Known && region.Text == "" {
		region.Text = section["region"]
	}
	return region
}

// awsSection is what the configuration file says about a profile.
func (c landCall) awsSection(profile runbooks.Word) map[string]string {
	path := c.Var("AWS_CONFIG_FILE")
	if path.Known && path.Text == "" {
		path.Text = c.home(".aws", "config")
	}
	if !path.Known || !profile.Known {
		return nil
	}
	data, err := c.files.read(path.Text)
	if err != nil {
		return nil
	}
	config := readINI(data)
	if section := config["profile "+profile.Text]; section != nil {
		return section
	}
	return config[profile.Text]
}

var roleAccount = regexp.MustCompile(`^arn:[a-z-]+:iam::([0-9]{12}):`)

func awsAccount(section map[string]string) string {
	if m := roleAccount.FindStringSubmatch(section["role_arn"]); m != nil {
		return m[1]
	}
	return section["sso_account_id"]
}

// gcloud tells the project and the account of the configuration that is active.
func (c landCall) gcloud() {
	project := c.either(c.flag("--project", "--project_id"), "CLOUDSDK_CORE_PROJECT")
	account := c.either(c.flag("--account"), "CLOUDSDK_CORE_ACCOUNT")
	core := map[string]string{}
	told := true
	if project.Known && project.Text == "" || account.Known && account.Text == "" {
		core, told = c.gcloudCore()
	}
	if project.Known && project.Text == "" {
		project = runbooks.Word{Text: core["project"], Known: told}
	}
	if account.Known && account.Text == "" {
		account = runbooks.Word{Text: core["account"], Known: told}
	}
	c.word("gcloud.project", project)
	c.word("gcloud.account", account)
}

// gcloudCore is the section core of the active configuration.
func (c landCall) gcloudCore() (map[string]string, bool) {
	dir := c.Var("CLOUDSDK_CONFIG")
	if dir.Known && dir.Text == "" {
		dir.Text = c.home(".config", "gcloud")
	}
	name := c.either(c.flag("--configuration"), "CLOUDSDK_ACTIVE_CONFIG_NAME")
	if !dir.Known || !name.Known || dir.Text == "" {
		return nil, false
	}
	if name.Text == "" {
		name.Text = "default"
		if active, err := c.files.read(filepath.Join(dir.Text, "active_config")); err == nil {
			name.Text = string(bytes.TrimSpace(active))
		}
	}
	data, err := c.files.read(filepath.Join(dir.Text, "configurations", "config_"+filepath.Base(name.Text)))
	if err != nil {
		return nil, false
	}
	return readINI(data)["core"], true
}

// azure tells the subscription and the account.
func (c landCall) azure() {
	if s := c.flag("--subscription"); s.given {
		c.word("az.subscription", s.Word)
		return
	}
	dir := c.Var("AZURE_CONFIG_DIR")
	if dir.Known && dir.Text == "" {
		dir.Text = c.home(".azure")
	}
	var profile struct {
		Subscriptions []struct {
			Name      string `json:"name"`
			IsDefault bool   `json:"isDefault"`
			User      struct {
				Name string `json:"name"`
			} `json:"user"`
		} `json:"subscriptions"`
	}
	data, err := c.files.read(joinPath(dir.Text, "azureProfile.json"))
	if !dir.Known || err != nil || json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &profile) != nil {
		c.add("az.subscription", "")
		return
	}
	for _, s := range profile.Subscriptions {
		if s.IsDefault {
			c.add("az.subscription", s.Name)
			c.add("az.account", s.User.Name)
			return
		}
	}
	c.add("az.subscription", "")
}

// terraform tells the workspace, and the account of the cloud where its usual
// variables name one.
func (c landCall) terraform() {
	workspace := c.either(flagged{}, "TF_WORKSPACE")
	if workspace.Known && workspace.Text == "" {
		workspace = c.terraformWorkspace()
	}
	c.word("terraform.workspace", workspace)
	if profile := c.Var("AWS_PROFILE"); profile.Known && profile.Text != "" {
		c.aws()
	}
	if project := c.either(flagged{}, "GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"); project.Known && project.Text != "" {
		c.word("gcloud.project", project)
	}
}

func (c landCall) terraformWorkspace() runbooks.Word {
	dir := c.dir
	if to := c.flag("-chdir"); to.given {
		dir = ""
		if to.Known {
			dir = joinPath(c.dir, to.Text)
		}
	}
	data := c.Var("TF_DATA_DIR")
	if data.Known && data.Text == "" {
		data.Text = ".terraform"
	}
	if dir == "" || !data.Known {
		return runbooks.Word{}
	}
	name, err := c.files.read(filepath.Join(joinPath(dir, data.Text), "environment"))
	switch {
	case err == nil:
		return runbooks.Word{Text: string(bytes.TrimSpace(name)), Known: true}
	case c.files.closed || !isAbsent(err):
		return runbooks.Word{}
	}
	return runbooks.Word{Text: "default", Known: true}
}
