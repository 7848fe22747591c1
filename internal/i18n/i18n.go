// Package i18n holds every text of ours in Spanish and English.
//
// Texts stand in messages/<part>.<lang>.json, one file a part of the product, as
// maps from ids to Go templates. The package guarantees that both languages have
// the same ids (its tests see to that) and that an id without a text is shown as
// the id itself, never as an empty line.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var files embed.FS

// Languages that texts exist in. The first is the fallback.
func Languages() []language.Tag { return []language.Tag{language.English, language.Spanish} }

// Catalog holds the texts of all languages. Those of a language are read when it is
// first asked for: a program that starts speaks only one.
type Catalog struct {
	matcher language.Matcher
	texts   map[string]func() (*texts, error) // by language
	told    func() ([]told, error)
}

// Load prepares the embedded texts.
func Load() (*Catalog, error) {
	c := &Catalog{
		matcher: language.NewMatcher(Languages()), texts: map[string]func() (*texts, error){},
		told: sync.OnceValues(loadTold),
	}
	for _, tag := range Languages() {
		names, err := fs.Glob(files, "messages/*."+tag.String()+".json")
		if err != nil || len(names) == 0 {
			return nil, errors.Join(err, fmt.Errorf("there are no messages in %s", tag))
		}
		c.texts[tag.String()] = sync.OnceValues(func() (*texts, error) { return loadTexts(tag, names) })
	}
	return c, nil
}

// Printer returns the texts for the first of the wishes that is understood. A
// wish is a BCP 47 tag or a POSIX locale ("es_ES.UTF-8"); empty ones are passed over.
func (c *Catalog) Printer(wishes ...string) *Printer {
	lang := Languages()[0].String()
	for _, wish := range wishes {
		wish, _, _ = strings.Cut(wish, ".")
		tag, err := language.Parse(strings.ReplaceAll(wish, "_", "-"))
		if wish == "" || err != nil {
			continue
		}
		if _, index, confidence := c.matcher.Match(tag); confidence > language.No {
			lang = Languages()[index].String()
			break
		}
	}
	// What cannot be read is shown as its id; the tests read everything.
	texts, _ := c.texts[lang]()
	return &Printer{lang: lang, told: c.told, texts: texts}
}

// Printer gives texts in one language. It is safe for concurrent use.
type Printer struct {
	lang   string
	texts  *texts
	told   func() ([]told, error)
	change func(id, text string) string
}

// Through returns a printer that gives every text through a change: so the screens are
// tried with the length of a language that nobody has translated them into.
func (p *Printer) Through(change func(id, text string) string) *Printer {
	through := *p
	through.change = change
	return &through
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
	text, err := p.texts.localize(config)
	if err != nil || text == "" {
		return id
	}
	if p.change != nil {
		return p.change(id, text)
	}
	return text
}
