package transcript

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"genia.ai/bitacora/internal/event"
)

// layout reads the data of one kind as it is written here: all members, in their
// order. Long transcripts are read with it, because it neither scans twice nor
// allocates what lines have in common. What it does not recognise is left to
// event.DecodeData, which decides; what it does recognise it reads alike.
type layout struct {
	scratch reflect.Value // what the members point into
	members []member
}

// member is one member of the data; one of the pointers is where its value goes.
type member struct {
	name  string // `"name":`
	text  *string
	flag  *bool
	num   *int
	long  *int64
	at    *time.Time
	exit  **int
	met   **bool
	list  *[]string
	table *map[string]string
}

// newLayout returns the layout of a kind, or nil when it has none.
func newLayout(kind event.Kind) *layout {
	if !event.Known(kind) {
		return nil
	}
	zero, err := event.DecodeData(kind, []byte("{}"))
	if err != nil {
		return nil
	}
	l := &layout{scratch: reflect.New(reflect.TypeOf(zero)).Elem()}
	if l.scratch.Kind() != reflect.Struct || !l.addMembers(l.scratch) {
		return nil
	}
	return l
}

// addMembers adds the fields of a struct, those of embedded ones in their place.
func (l *layout) addMembers(of reflect.Value) bool {
	for i := range of.NumField() {
		field := of.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct {
			if !l.addMembers(of.Field(i)) {
				return false
			}
			continue
		}
		if name == "" || name == "-" || options != "" || !field.IsExported() {
			return false
		}
		m := member{name: `"` + name + `":`}
		switch at := of.Field(i).Addr().Interface().(type) {
		case *string:
			m.text = at
		case *bool:
			m.flag = at
		case *int:
			m.num = at
		case *int64:
			m.long = at
		case *time.Time:
			m.at = at
		case **int:
			m.exit = at
		case **bool:
			m.met = at
		case *[]string:
			m.list = at
		case *map[string]string:
			m.table = at
		default:
			return false
		}
		l.members = append(l.members, m)
	}
	return true
}

// decode returns nil for what it does not recognise.
func (l *layout) decode(raw []byte, shared *decoder) event.Data {
	l.scratch.SetZero()
	s := members{scanner{rest: raw, shared: shared}}
	for i := range l.members {
		before := ","
		if i == 0 {
			before = "{"
		}
		s.literal(before)
		s.literal(l.members[i].name)
		s.value(&l.members[i])
	}
	if len(l.members) == 0 {
		s.literal("{")
	}
	s.literal("}")
	if s.failed || len(s.rest) > 0 {
		return nil
	}
	data, _ := l.scratch.Interface().(event.Data)
	return data
}

// members reads values.
type members struct{ scanner }

func (s *members) value(m *member) {
	switch {
	case m.text != nil:
		*m.text = s.text("")
	case m.flag != nil:
		*m.flag = s.bool()
	case m.num != nil:
		*m.num = int(s.integer())
	case m.long != nil:
		*m.long = s.integer()
	case m.at != nil:
		s.moment(m.at)
	case m.exit != nil:
		if !s.skip("null") {
			n := int(s.integer())
			*m.exit = &n
		}
	case m.met != nil:
		if !s.skip("null") {
			b := s.bool()
			*m.met = &b
		}
	case m.list != nil:
		*m.list = s.list()
	case m.table != nil:
		*m.table = s.table()
	}
}

func (s *members) skip(text string) bool {
	if s.failed || len(s.rest) < len(text) || string(s.rest[:len(text)]) != text {
		return false
	}
	s.rest = s.rest[len(text):]
	return true
}

func (s *members) bool() bool {
	if s.skip("true") {
		return true
	}
	s.literal("false")
	return false
}

func (s *members) integer() int64 {
	negative := s.skip("-")
	value := int64(s.number(""))
	if negative {
		if value == 0 {
			s.failed = true
		}
		return -value
	}
	return value
}

func (s *members) moment(at *time.Time) {
	if s.failed || len(s.rest) == 0 || s.rest[0] != '"' {
		s.failed = true
		return
	}
	end, plain := stringEnd(s.rest)
	if end < 0 || !plain || at.UnmarshalJSON(s.rest[:end]) != nil {
		s.failed = true
		return
	}
	s.rest = s.rest[end:]
}

func (s *members) list() []string {
	if s.skip("null") {
		return nil
	}
	s.literal("[")
	list := []string{}
	for !s.failed && !s.skip("]") {
		if len(list) > 0 {
			s.literal(",")
		}
		list = append(list, s.text(""))
	}
	return list
}

func (s *members) table() map[string]string {
	if s.skip("null") {
		return nil
	}
	s.literal("{")
	table := map[string]string{}
	for !s.failed && !s.skip("}") {
		if len(table) > 0 {
			s.literal(",")
		}
		key := s.text("")
		s.literal(":")
		if _, twice := table[key]; twice {
			s.failed = true
		}
		table[key] = s.text("")
	}
	return table
}

// decodeData reads the data of a kind.
func (d *decoder) decodeData(kind event.Kind, raw []byte) (event.Data, error) {
	l, known := d.layouts[kind]
	if !known {
		l = newLayout(kind)
		d.layouts[kind] = l
	}
	if l != nil {
		if data := l.decode(raw, d); data != nil {
			return data, nil
		}
	}
	if !canonical(raw) || !event.Known(kind) && !json.Valid(raw) {
		return nil, errNotCanonical
	}
	return event.DecodeData(kind, raw)
}
