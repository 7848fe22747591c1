package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/runbooks"
)

// The members of SARIF 2.1.0 (OASIS) that lint writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Short   sarifText   `json:"shortDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`

		// Of all results or of none (3.27.23): an empty list is a finding that stands.
		Suppressions []sarifSuppression `json:"suppressions"`
	}
	sarifSuppression struct {
		Kind     string        `json:"kind"`
		Location sarifLocation `json:"location"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
)

// sarifOf makes one SARIF log with one run of all findings. Every rule is listed,
// found or not, in the order of its code.
func sarifOf(all []linted) sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "bitacora", Version: programVersion(), Rules: []sarifRule{}}
	index := map[string]int{}
	for i, r := range runbooks.Rules() {
		index[r.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.Code, Short: sarifText{r.Means}, Help: sarifText{cmp.Or(r.Hint, r.Means)}, Default: sarifConfig{sarifLevel(r.Severities[0])},
		})
	}
	for _, file := range all {
		for _, d := range file.Diagnostics {
			run.Results = append(run.Results, sarifResult{
				RuleID: d.Code, RuleIndex: index[d.Code], Level: sarifLevel(d.Severity), Message: sarifText{sanitize.Line(joinHint(d.Diagnostic, ": "))},
				Locations: []sarifLocation{sarifAt(file.Path, d.Line, d.Column)}, Suppressions: sarifSuppressions(file.Path, d),
			})
		}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

func sarifAt(path string, line, column int) sarifLocation {
	return sarifLocation{sarifPhysical{sarifArtifact{fileURI(path)}, sarifRegion{line, column}}}
}

func sarifSuppressions(path string, d finding) []sarifSuppression {
	list := []sarifSuppression{}
	for _, s := range d.Suppressions {
		list = append(list, sarifSuppression{s.Kind, sarifAt(path, s.Line, s.Column)})
	}
	return list
}

func sarifLevel(s runbooks.Severity) string {
	if s == runbooks.SeverityInfo {
		return "note"
	}
	return string(s)
}

func joinHint(d runbooks.Diagnostic, between string) string {
	if d.Hint == "" {
		return d.Message
	}
	return d.Message + between + d.Hint
}

// fileURI returns the URI of a file: relative where its path is (RFC 3986, 4.2).
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(path))}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}

// annotations writes findings as commands of a GitHub workflow, one a line.
func annotations(all []linted) []byte {
	var b bytes.Buffer
	for _, file := range all {
		for _, d := range file.Diagnostics {
			if d.ignored() {
				continue
			}
			command := string(d.Severity)
			if d.Severity == runbooks.SeverityInfo {
				command = "notice"
			}
			message := sanitize.Line(d.Message)
			if d.Hint != "" {
				message += "\n" + sanitize.Line(d.Hint)
			}
			fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", command,
				inProperty(sanitize.Line(filepath.ToSlash(filepath.Clean(file.Path)))), d.Line, d.Column, inProperty(d.Code), inMessage(message))
		}
	}
	return b.Bytes()
}

// inMessage and inProperty escape what would end a message, or a property, of a
// workflow command.
func inMessage(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func inProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(inMessage(s))
}
