package transcript

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"genia.ai/bitacora/internal/event"
)

// errNotCanonical is the reason for a line whose content is readable but that
// this package would never have written like that.
var errNotCanonical = errors.New("not in the canonical form")

const hexDigits = "0123456789abcdef"

// Lengths of the two hashes at the end of a line, in hex digits.
const (
	prevHexLen = 64
	crcHexLen  = 8
)

// decode reads one line without its LF. It accepts only what encode writes.
func decode(line []byte) (event.Event, error) {
	var ev event.Event
	ends, err := newDecoder().decode(line, &ev)
	if err == nil {
		ev.Prev, ev.CRC = string(ends[:prevHexLen]), string(ends[len(ends)-crcHexLen:])
	}
	return ev, err
}

// decoder reads lines. It keeps the strings that most lines share, so that a
// long transcript holds each of them once. It does not keep the lines.
type decoder struct {
	shared  map[string]string
	layouts map[event.Kind]*layout
}

func newDecoder() *decoder {
	return &decoder{shared: map[string]string{}, layouts: map[event.Kind]*layout{}}
}

// Bounds of the strings that are kept, in number and in bytes; others are just copied.
const (
	maxShared    = 4096
	maxSharedLen = 128
)

func (d *decoder) share(text []byte) string {
	if len(text) > maxSharedLen {
		return string(text)
	}
	if kept, ok := d.shared[string(text)]; ok {
		return kept
	}
	value := string(text)
	if len(d.shared) < maxShared {
		d.shared[value] = value
	}
	return value
}

// decode reads all of a line but Prev and CRC: these are returned as the part of
// the line that begins with the one and ends with the other.
func (d *decoder) decode(line []byte, ev *event.Event) (ends []byte, err error) {
	if len(line) < prevLen+crcLen || !bytes.HasPrefix(line, []byte(`{"v":`)) {
		return nil, errors.New("not an event")
	}
	if len(line) > maxLine {
		return nil, errTooLong
	}
	body := line[:len(line)-crcLen]
	if !endsWithCRC(line[len(body):], crc32.Checksum(body, castagnoli)) {
		return nil, errors.New("its checksum does not match")
	}
	s := scanner{rest: body, shared: d}
	ev.V = int(s.number(`{"v":`))
	ev.Epoch = int(s.number(`,"epoch":`))
	ev.Seq = s.number(`,"seq":`)
	ev.At = s.time(`,"at":"`)
	ev.MonoMS = int64(s.number(`","mono_ms":`))
	ev.Boot = s.text(`,"boot":`)
	ev.Actor = s.text(`,"actor":`)
	ev.Role = s.text(`,"role":`)
	ev.Phase = s.text(`,"phase":`)
	ev.Step = s.text(`,"step":`)
	ev.Kind = event.Kind(s.text(`,"kind":`))
	s.literal(`,"data":`)
	raw := s.tail(ev)
	if s.failed {
		return nil, errNotCanonical
	}
	if ev.V != event.Version {
		return nil, fmt.Errorf("its format version is %d; this program reads %d", ev.V, event.Version)
	}
	ev.Data, err = d.decodeData(ev.Kind, raw)
	switch {
	case errors.Is(err, errNotCanonical):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("its data cannot be read: %w", err)
	}
	return line[len(body)-1-prevHexLen : len(line)-2], nil
}

// endsWithCRC compares ,"crc":"…8…"} with a checksum.
func endsWithCRC(end []byte, sum uint32) bool {
	const before = `,"crc":"`
	if string(end[:len(before)]) != before || string(end[len(end)-2:]) != `"}` {
		return false
	}
	for i := range crcHexLen {
		if end[len(before)+i] != hexDigits[sum>>(28-4*i)&0xf] {
			return false
		}
	}
	return true
}

// scanner takes apart a line whose members stand in one known order.
type scanner struct {
	rest   []byte
	shared *decoder
	failed bool
}

func (s *scanner) literal(text string) {
	if s.failed || len(s.rest) < len(text) || string(s.rest[:len(text)]) != text {
		s.failed = true
		return
	}
	s.rest = s.rest[len(text):]
}

func (s *scanner) number(name string) uint64 {
	s.literal(name)
	value, n, ok := digits(s.rest)
	if s.failed || !ok {
		s.failed = true
		return 0
	}
	s.rest = s.rest[n:]
	return value
}

// digits reads a number below 2^63 without leading zeros and says how long it is.
func digits(text []byte) (value uint64, n int, ok bool) {
	const maxDigits = 19
	for n < len(text) && text[n]-'0' <= 9 {
		if n == maxDigits {
			return 0, 0, false
		}
		value = value*10 + uint64(text[n]-'0')
		n++
	}
	return value, n, n > 0 && value < 1<<63 && (n == 1 || text[0] != '0')
}

// time reads a time as timeLayout has it, up to its quote.
func (s *scanner) time(name string) time.Time {
	s.literal(name)
	if s.failed || len(s.rest) < len(timeLayout) {
		s.failed = true
		return time.Time{}
	}
	text := s.rest[:len(timeLayout)]
	var fields [7]int // year month day hour minute second microsecond
	field := 0
	for i, c := range text {
		if want := timeLayout[i]; want-'0' <= 9 {
			if c-'0' > 9 {
				s.failed = true
				return time.Time{}
			}
			fields[field] = fields[field]*10 + int(c-'0')
		} else if c == want {
			field++
		} else {
			s.failed = true
			return time.Time{}
		}
	}
	at := time.Date(fields[0], time.Month(fields[1]), fields[2], fields[3], fields[4], fields[5], fields[6]*1000, time.UTC)
	if int(at.Month()) != fields[1] || at.Day() != fields[2] || fields[3] > 23 || fields[4] > 59 || fields[5] > 59 {
		s.failed = true
	}
	s.rest = s.rest[len(timeLayout):]
	return at
}

func (s *scanner) text(name string) string {
	s.literal(name)
	if s.failed || len(s.rest) == 0 || s.rest[0] != '"' {
		s.failed = true
		return ""
	}
	end, plain := stringEnd(s.rest)
	if end < 0 {
		s.failed = true
		return ""
	}
	quoted := s.rest[:end]
	s.rest = s.rest[end:]
	if plain {
		return s.shared.share(quoted[1 : end-1])
	}
	var value string
	if err := json.Unmarshal(quoted, &value); err != nil || string(appendString(nil, value)) != string(quoted) {
		s.failed = true
		return ""
	}
	return value
}

// tail reads dur from behind, since only what comes after it has a known length,
// and returns what stands before it: the data. What prev holds is compared with the
// hash of the line before by whoever follows the chain.
func (s *scanner) tail(ev *event.Event) []byte {
	if s.failed || len(s.rest) < prevLen {
		s.failed = true
		return nil
	}
	cut := len(s.rest) - prevLen
	const before, name = `,"prev":"`, `,"dur":`
	prev := s.rest[cut:]
	if string(prev[:len(before)]) != before || prev[prevLen-1] != '"' {
		s.failed = true
		return nil
	}
	start := cut
	for start > 0 && s.rest[start-1]-'0' <= 9 {
		start--
	}
	value, n, ok := digits(s.rest[start:cut])
	if !ok || n != cut-start || start < len(name) || string(s.rest[start-len(name):start]) != name {
		s.failed = true
		return nil
	}
	ev.Dur = value
	return s.rest[:start-len(name)]
}

func lowerHex(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 && c-'a' > 5 {
			return false
		}
	}
	return true
}
