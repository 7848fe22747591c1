package actions

import (
	"bytes"
	"errors"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"genia.ai/bitacora/runbooks"
)

// kubeConfig is the part of a kubeconfig that says where commands go
// (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).
type kubeConfig struct {
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Namespace string `yaml:"namespace"`
		} `yaml:"context"`
	} `yaml:"contexts"`
}

// kube tells the context and the namespace of kubectl, helm and their like.
func (c landCall) kube() {
	context := c.either(c.flag("--context", "--kube-context"))
	namespace := c.either(c.flag("-n", "--namespace"))
	name := filepath.Base(c.words[0].Text)
	if name == "helm" {
		context = c.either(c.flag("--kube-context"), "HELM_KUBECONTEXT")
		namespace = c.either(c.flag("-n", "--namespace"), "HELM_NAMESPACE")
	}
	if server := c.flag("-s", "--server"); server.given && name != "helm" {
		c.word("kube.server", runbooks.Word{Text: withoutUser(server.Text), Known: server.Known})
	}
	config, err := kubeConfig{}, error(nil)
	if context.Text == "" && context.Known || namespace.Text == "" && namespace.Known {
		config, err = c.kubeConfig()
	}
	if context.Known && context.Text == "" {
		context = runbooks.Word{Text: config.Current, Known: err == nil}
	}
	c.word("kube.context", context)
	switch {
	case c.has("-A", "--all-namespaces"):
		namespace = runbooks.Word{Text: "*", Known: true}
	case namespace.Known && namespace.Text == "" && (err != nil || !context.Known):
		namespace = runbooks.Word{}
	case namespace.Known && namespace.Text == "":
		namespace.Text = config.namespace(context.Text)
	}
	c.word("kube.namespace", namespace)
}

func (k kubeConfig) namespace(context string) string {
	for _, c := range k.Contexts {
		if c.Name == context && c.Context.Namespace != "" {
			return c.Context.Namespace
		}
	}
	return "default"
}

// kubeConfig reads the files that count, merged as kubectl does: the first that
// sets something wins.
func (c landCall) kubeConfig() (kubeConfig, error) {
	paths := c.either(c.flag("--kubeconfig"), "KUBECONFIG")
	if !paths.Known {
		return kubeConfig{}, errNotTold
	}
	list := filepath.SplitList(paths.Text)
	if len(list) == 0 {
		list = []string{c.home(".kube", "config")}
	}
	var merged kubeConfig
	found := errAbsent
	for _, path := range list {
		if path == "" && len(list) > 1 {
			continue
		}
		data, err := c.files.read(joinPath(c.dir, path))
		if errors.Is(err, errAbsent) {
			continue
		}
		if err != nil {
			return kubeConfig{}, err
		}
		one, err := parseKubeConfig(data)
		if err != nil {
			return kubeConfig{}, err
		}
		found = nil
		if merged.Current == "" {
			merged.Current = one.Current
		}
		merged.Contexts = append(merged.Contexts, one.Contexts...)
	}
	return merged, found
}

// maxKubeDepth bounds the nesting of a kubeconfig, which the parser follows
// recursively. Nobody has that much.
const maxKubeDepth = 50

func parseKubeConfig(data []byte) (kubeConfig, error) {
	var config kubeConfig
	if tooDeep(data) || yaml.Unmarshal(data, &config) != nil {
		return kubeConfig{}, errNotTold
	}
	return config, nil
}

// tooDeep reports nesting, by brackets, dashes or indentation, that a recursive
// parser should not be given.
func tooDeep(data []byte) bool {
	brackets := 0
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		text := bytes.TrimLeft(line, " \t-?:")
		if len(line)-len(text) > 2*maxKubeDepth {
			return true
		}
		for _, b := range text {
			switch b {
			case '[', '{':
				brackets++
			case ']', '}':
				brackets--
			}
			if brackets > maxKubeDepth {
				return true
			}
		}
	}
	return false
}
