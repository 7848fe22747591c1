package transcript

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

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
	return withCRC(line), nil
}

// withCRC ends a line with its checksum.
func withCRC(line []byte) []byte {
	return fmt.Appendf(line, `,"crc":"%08x"}`, crc32.Checksum(line, castagnoli))
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
	s = strings.ToValidUTF8(s, "\ufffd")
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
