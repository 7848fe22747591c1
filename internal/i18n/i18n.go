// Package i18n holds every text of ours in Spanish and English.
//
// Texts stand in messages/<part>.<lang>.json, one file a part of the product, as
// maps from ids to Go templates. The package guarantees that both languages have
// the same ids (its tests see to that) and that an id without a text is shown as
// the id itself, never as an empty line.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var files embed.FS

// Languages that texts exist in. The first is the fallback.
func Languages() []language.Tag { return []language.Tag{language.English, language.Spanish} }

// Catalog holds the texts of all languages.
type Catalog struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
	told    []told
}

// Load reads the embedded texts.
func Load() (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "messages/*.json")
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			return nil, fmt.Errorf("load messages %s: %w", name, err)
		}
	}
	sentences, err := loadTold()
	if err != nil {
		return nil, err
	}
	return &Catalog{bundle: bundle, matcher: language.NewMatcher(Languages()), told: sentences}, nil
}

// Printer returns the texts for the first of the wishes that is understood. A
// wish is a BCP 47 tag or a POSIX locale ("es_ES.UTF-8"); empty ones are passed over.
func (c *Catalog) Printer(wishes ...string) *Printer {
	for _, wish := range wishes {
		wish, _, _ = strings.Cut(wish, ".")
		tag, err := language.Parse(strings.ReplaceAll(wish, "_", "-"))
		if wish == "" || err != nil {
			continue
		}
		if _, index, confidence := c.matcher.Match(tag); confidence > language.No {
			lang := Languages()[index]
			return &Printer{lang: lang.String(), told: c.told, localizer: i18n.NewLocalizer(c.bundle, lang.String())}
		}
	}
	return &Printer{lang: "en", localizer: i18n.NewLocalizer(c.bundle, "en")}
}

// Printer gives texts in one language. It is safe for concurrent use.
type Printer struct {
	lang      string
	localizer *i18n.Localizer
	told      []told
}

// Lang returns the language, "es" or "en".
func (p *Printer) Lang() string { return p.lang }

// T returns the text of an id. args are pairs of a name and a value for the
// text's {{.Name}}; a value called Count picks the plural form.
func (p *Printer) T(id string, args ...any) string {
	config := &i18n.LocalizeConfig{MessageID: id}
	if len(args) > 0 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			name := fmt.Sprint(args[i])
			data[name] = args[i+1]
			if name == "Count" {
				config.PluralCount = args[i+1]
			}
		}
		config.TemplateData = data
	}
	text, err := p.localizer.Localize(config)
	if err != nil || text == "" {
		return id
	}
	return text
}
