package transcript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"genia.ai/bitacora/internal/event"
)

// timeLayout is RFC 3339 in UTC with exactly six digits of a second.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// firstPrev is the prev of the first line of a run.
const firstPrev = "0000000000000000000000000000000000000000000000000000000000000000"

// Lengths of the fixed end of a line: ,"prev":"…64…" and ,"crc":"…8…"}.
const (
	prevLen = len(`,"prev":""`) + 64
	crcLen  = len(`,"crc":""}`) + 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNotCanonical is the reason for a line whose content is readable but that
// this package would never have written like that.
var errNotCanonical = errors.New("not in the canonical form")

// encode returns the line of an event, without its LF. It ignores ev.CRC.
func encode(ev event.Event) ([]byte, error) {
	data, err := marshal(ev.Data)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", ev.Kind, err)
	}
	line := make([]byte, 0, 384+len(data))
	line = append(line, `{"v":`...)
	line = strconv.AppendInt(line, int64(ev.V), 10)
	line = append(line, `,"epoch":`...)
	line = strconv.AppendInt(line, int64(ev.Epoch), 10)
	line = append(line, `,"seq":`...)
	line = strconv.AppendUint(line, ev.Seq, 10)
	line = append(line, `,"at":"`...)
	line = ev.At.UTC().AppendFormat(line, timeLayout)
	line = append(line, `","mono_ms":`...)
	line = strconv.AppendInt(line, ev.MonoMS, 10)
	for _, member := range []struct{ name, value string }{
		{"boot", ev.Boot}, {"actor", ev.Actor}, {"role", ev.Role},
		{"phase", ev.Phase}, {"step", ev.Step}, {"kind", string(ev.Kind)},
	} {
		line = append(line, `,"`...)
		line = append(line, member.name...)
		line = append(line, `":`...)
		line = appendString(line, member.value)
	}
	line = append(line, `,"data":`...)
	line = append(line, data...)
	line = append(line, `,"dur":`...)
	line = strconv.AppendUint(line, ev.Dur, 10)
	line = append(line, `,"prev":"`...)
	line = append(line, ev.Prev...)
	line = append(line, '"')
	sum := crc32.Checksum(line, castagnoli)
	return fmt.Appendf(line, `,"crc":"%08x"}`, sum), nil
}

// marshal is json.Marshal without the escapes that only HTML needs.
func marshal(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

func appendString(line []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := marshal(s)
			if err != nil { // a string always has a JSON form
				panic("bitacora: encode a string: " + err.Error())
			}
			return append(line, quoted...)
		}
	}
	line = append(line, '"')
	line = append(line, s...)
	return append(line, '"')
}

// lineHash is what the next line holds as its prev.
func lineHash(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// decode reads one line without its LF. It accepts only what encode writes.
func decode(line []byte) (event.Event, error) {
	var ev event.Event
	if len(line) < prevLen+crcLen || !bytes.HasPrefix(line, []byte(`{"v":`)) {
		return ev, errors.New("not an event")
	}
	body := line[:len(line)-crcLen]
	if want := fmt.Sprintf(`,"crc":"%08x"}`, crc32.Checksum(body, castagnoli)); want != string(line[len(body):]) {
		return ev, errors.New("its checksum does not match")
	}
	ev.CRC = string(line[len(line)-10 : len(line)-2])
	s := scanner{rest: body}
	ev.V = int(s.number(`{"v":`))
	ev.Epoch = int(s.number(`,"epoch":`))
	ev.Seq = s.number(`,"seq":`)
	at := s.text(`,"at":`)
	ev.MonoMS = int64(s.number(`,"mono_ms":`))
	ev.Boot = s.text(`,"boot":`)
	ev.Actor = s.text(`,"actor":`)
	ev.Role = s.text(`,"role":`)
	ev.Phase = s.text(`,"phase":`)
	ev.Step = s.text(`,"step":`)
	ev.Kind = event.Kind(s.text(`,"kind":`))
	s.literal(`,"data":`)
	raw := s.tail(&ev)
	if s.err != nil {
		return ev, s.err
	}
	if ev.V != event.Version {
		return ev, fmt.Errorf("its format version is %d; this program reads %d", ev.V, event.Version)
	}
	var err error
	if ev.At, err = time.Parse(timeLayout, at); err != nil {
		return ev, errNotCanonical
	}
	if ev.Data, err = event.DecodeData(ev.Kind, raw); err != nil {
		return ev, fmt.Errorf("its data cannot be read: %w", err)
	}
	return ev, nil
}

// scanner takes apart a line whose members stand in one known order.
type scanner struct {
	rest []byte
	err  error
}

func (s *scanner) literal(text string) {
	if s.err != nil {
		return
	}
	if !bytes.HasPrefix(s.rest, []byte(text)) {
		s.err = errNotCanonical
		return
	}
	s.rest = s.rest[len(text):]
}

func (s *scanner) number(name string) uint64 {
	s.literal(name)
	n := 0
	for n < len(s.rest) && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	return s.parse(s.rest[:n], n)
}

func (s *scanner) parse(digits []byte, n int) uint64 {
	if s.err != nil {
		return 0
	}
	value, err := strconv.ParseUint(string(digits), 10, 63)
	if err != nil || n > 1 && digits[0] == '0' {
		s.err = errNotCanonical
		return 0
	}
	s.rest = s.rest[n:]
	return value
}

func (s *scanner) text(name string) string {
	s.literal(name)
	if s.err != nil || len(s.rest) == 0 || s.rest[0] != '"' {
		s.err = errNotCanonical
		return ""
	}
	end := 1
	for end < len(s.rest) && s.rest[end] != '"' {
		if s.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(s.rest) {
		s.err = errNotCanonical
		return ""
	}
	quoted := s.rest[:end+1]
	var value string
	if err := json.Unmarshal(quoted, &value); err != nil || string(appendString(nil, value)) != string(quoted) {
		s.err = errNotCanonical
		return ""
	}
	s.rest = s.rest[end+1:]
	return value
}

// tail reads data, dur and prev from behind, since only they have a known length.
func (s *scanner) tail(ev *event.Event) []byte {
	if s.err != nil || len(s.rest) < prevLen {
		s.err = errNotCanonical
		return nil
	}
	cut := len(s.rest) - prevLen
	prev := scanner{rest: s.rest[cut:]}
	ev.Prev = prev.text(`,"prev":`)
	digits := cut
	for digits > 0 && s.rest[digits-1] >= '0' && s.rest[digits-1] <= '9' {
		digits--
	}
	const name = `,"dur":`
	if prev.err != nil || digits < len(name) || string(s.rest[digits-len(name):digits]) != name {
		s.err = errNotCanonical
		return nil
	}
	raw := s.rest[:digits-len(name)]
	ev.Dur = (&scanner{rest: s.rest[digits:cut]}).number("")
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil || !bytes.Equal(compact.Bytes(), raw) {
		s.err = errNotCanonical
	}
	return raw
}
