package secrets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/goccy/go-yaml"
	"golang.org/x/sys/unix"
)

// Config says by name where secrets are. It holds no values.
type Config map[string]Source

// Source is where a secret is: one of its members is set.
type Source struct {
	File    string   `yaml:"file"`
	Command []string `yaml:"command"` // program and arguments, no shell
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maxConfig bounds the configuration, in bytes.
const maxConfig = 1 << 20

// Load reads a configuration. One that does not exist is empty. It says which
// commands run, so it is refused when somebody else could have written it.
func Load(path string) (Config, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return Config{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("where secrets come from: %w", err)
	}
	defer file.Close()
	if err := private(file, 0o022); err != nil {
		return nil, fmt.Errorf("where secrets come from: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxConfig))
	if err != nil {
		return nil, fmt.Errorf("where secrets come from: %w", err)
	}
	config := Config{}
	if err := yaml.UnmarshalWithOptions(text, &config, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		// Its own text quotes the lines around, where somebody may have put a value.
		return nil, fmt.Errorf("%s%s; write NAME: {command: [pass, show, name]} or NAME: {file: /path}, never a value", path, placeOf(err))
	}
	for name, source := range config {
		switch {
		case !envName.MatchString(name):
			return nil, fmt.Errorf("%s: %q is no name of a secret: letters, digits and _ only", path, name)
		case (source.File == "") == (len(source.Command) == 0):
			return nil, fmt.Errorf("%s: %s needs either file or command", path, name)
		}
	}
	return config, nil
}

// placeOf says where an error of the YAML parser is, without what stands there.
func placeOf(err error) string {
	var at yaml.Error
	if errors.As(err, &at) {
		if token := at.GetToken(); token != nil && token.Position != nil {
			return fmt.Sprintf(":%d:%d: it cannot be read", token.Position.Line, token.Position.Column)
		}
	}
	return ": it cannot be read"
}
