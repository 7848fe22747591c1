package i18n

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// texts are those of one language. The library makes a template of a text when the text
// is first asked for, not of a thousand before the first screen. They are safe for
// concurrent use.
type texts struct {
	tag language.Tag

	mu        sync.RWMutex
	late      map[string]string          // files that nobody needed yet, by the first part of their ids
	waiting   map[string]json.RawMessage // not asked for yet
	bundle    *i18n.Bundle
	localizer *i18n.Localizer
}

func loadTexts(tag language.Tag, names []string) (*texts, error) {
	t := &texts{tag: tag, late: map[string]string{}, waiting: map[string]json.RawMessage{}, bundle: i18n.NewBundle(tag)}
	t.localizer = i18n.NewLocalizer(t.bundle, tag.String())
	for _, name := range names {
		part, _, _ := strings.Cut(path.Base(name), ".")
		if slices.Contains(lateParts(), part) {
			t.late[part] = name
			continue
		}
		if err := t.read(name); err != nil {
			return t, err
		}
	}
	return t, nil
}

// lateParts are the parts that most starts of the program do without. Every id of theirs
// begins with the name of the part: help.run.short.
func lateParts() []string { return []string{"help", "man", "error"} }

// read takes in the texts of a file.
func (t *texts) read(name string) error {
	raw, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, &t.waiting) // adds to what is there
	}
	if err != nil {
		return fmt.Errorf("load messages %s: %w", name, err)
	}
	return nil
}

// readLate takes in a late part if that was not done yet.
func (t *texts) readLate(part string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	name, ok := t.late[part]
	if !ok {
		return nil
	}
	delete(t.late, part)
	return t.read(name)
}

// localize gives a text.
func (t *texts) localize(config *i18n.LocalizeConfig) (string, error) {
	part, _, _ := strings.Cut(config.MessageID, ".")
	t.mu.RLock()
	if _, late := t.late[part]; late {
		t.mu.RUnlock()
		if err := t.readLate(part); err != nil {
			return "", err
		}
		t.mu.RLock()
	}
	_, waits := t.waiting[config.MessageID]
	if !waits {
		defer t.mu.RUnlock()
		return t.localizer.Localize(config)
	}
	t.mu.RUnlock()
	if err := t.add(config.MessageID); err != nil {
		return "", err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.localizer.Localize(config)
}

// add hands a text over to the library, once.
func (t *texts) add(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	raw, waits := t.waiting[id]
	if !waits {
		return nil
	}
	delete(t.waiting, id)
	m := i18n.Message{ID: id}
	err := json.Unmarshal(raw, &m.Other)
	if err != nil { // one with a plural
		var forms map[string]string
		if err = json.Unmarshal(raw, &forms); err == nil {
			m.Zero, m.One, m.Two, m.Few, m.Many, m.Other = forms["zero"], forms["one"], forms["two"], forms["few"], forms["many"], forms["other"]
		}
	}
	if err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	return t.bundle.AddMessages(t.tag, &m)
}
