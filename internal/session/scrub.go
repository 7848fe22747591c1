package session

import (
	"reflect"

	"genia.ai/bitacora/internal/event"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
)

// scrubber takes what could drive a terminal, and every secret, out of texts.
type scrubber struct{ secrets *redact.Set }

// text returns a text that may go to a screen or a file.
func (s scrubber) text(text string) string {
	clean, _ := s.secrets.String(sanitize.String(text))
	return clean
}

// data returns a copy of an event's data with every text in it scrubbed. It goes
// through all members by reflection, so that a new member cannot be forgotten.
func (s scrubber) data(data event.Data) event.Data {
	value := reflect.New(reflect.TypeOf(data)).Elem()
	value.Set(reflect.ValueOf(data))
	s.value(value)
	return value.Interface().(event.Data)
}

func (s scrubber) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s.text(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() {
				s.value(field)
			}
		}
	case reflect.Slice:
		s.slice(v)
	case reflect.Map:
		s.texts(v)
	}
}

// slice replaces a slice by a scrubbed copy: the original belongs to the caller.
func (s scrubber) slice(v reflect.Value) {
	if v.IsNil() {
		return
	}
	clone := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(clone, v)
	for i := range clone.Len() {
		s.value(clone.Index(i))
	}
	v.Set(clone)
}

// texts replaces a map of texts by a scrubbed copy.
func (s scrubber) texts(v reflect.Value) {
	if v.IsNil() || v.Type().Elem().Kind() != reflect.String {
		return
	}
	clone := reflect.MakeMapWithSize(v.Type(), v.Len())
	for iter := v.MapRange(); iter.Next(); {
		clean := reflect.ValueOf(s.text(iter.Value().String())).Convert(v.Type().Elem())
		clone.SetMapIndex(iter.Key(), clean)
	}
	v.Set(clone)
}
