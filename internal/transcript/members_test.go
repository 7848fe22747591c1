package transcript

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"genia.ai/bitacora/internal/event"
)

// kinds lists a value of every kind that has a layout.
func kinds() []event.Data {
	return []event.Data{
		event.RunStarted{}, event.RunPaused{}, event.RunEnded{}, event.ClientJoined{}, event.ClientLeft{},
		event.DriverChanged{}, event.RoleAssigned{}, event.ParamSet{}, event.ScenarioChanged{}, event.PhaseEntered{}, event.StepStarted{},
		event.StepDone{}, event.StepSkipped{}, event.StepReopened{}, event.StepAccepted{}, event.StepTicked{}, event.ActionConfirmed{}, event.ActionStarted{},
		event.ActionEnded{}, event.ChoiceMade{}, event.UndoPushed{}, event.UndoDone{}, event.AdhocStarted{}, event.AdhocEnded{},
		event.Note{}, event.Todo{}, event.Milestone{}, event.SeveritySet{}, event.CommsPlanned{}, event.CommsSent{}, event.RunbookTrusted{}, event.RunbookChanged{},
	}
}

// awkwardly sets every field to something awkward.
func awkwardly(v reflect.Value, random *rand.Rand) {
	awkward := []string{"", "a", "\"", "\\", "é\u2028", "\x00\b\f\n", "<&>", "\x7f", "a\xffb", "�", `,"dur":1`, "0123456789abcdef"}
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Unix(random.Int64N(4e9), random.Int64N(1e9)/1000*1000).UTC()
		return
	case *map[string]string:
		if n := random.IntN(4); n > 0 {
			*at = map[string]string{}
			for range n - 1 {
				(*at)[awkward[random.IntN(len(awkward))]] = awkward[random.IntN(len(awkward))]
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			awkwardly(v.Field(i), random)
		}
	case reflect.String:
		v.SetString(awkward[random.IntN(len(awkward))])
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(random.Int64() >> random.IntN(64) * int64(1-2*random.IntN(2)))
	case reflect.Pointer:
		if random.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			awkwardly(v.Elem(), random)
		}
	case reflect.Slice:
		if n := random.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
			for i := range v.Len() {
				awkwardly(v.Index(i), random)
			}
		}
	}
}

// TestLayoutsReadAsEncodingJSONDoes compares both for awkward values of every kind,
// and for these with one byte changed.
func TestLayoutsReadAsEncodingJSONDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, kind := range kinds() {
		layout := newLayout(kind.Kind())
		if layout == nil {
			t.Errorf("%s has no layout", kind.Kind())
			continue
		}
		for range 300 {
			value := reflect.New(reflect.TypeOf(kind)).Elem()
			awkwardly(value, random)
			raw, err := marshal(value.Interface())
			if err != nil {
				t.Fatal(err)
			}
			// What was not UTF-8 is left to encoding/json.
			same(t, layout, kind.Kind(), raw, !bytes.Contains(raw, []byte(`\ufffd`)))
			changed := bytes.Clone(raw)
			for range 20 {
				at := random.IntN(len(changed))
				old := changed[at]
				changed[at] = `"\{}[],:0-aé `[random.IntN(14)]
				same(t, layout, kind.Kind(), changed, false)
				changed[at] = old
			}
			at := random.IntN(len(raw))
			same(t, layout, kind.Kind(), append(raw[:at:at], raw[at+1:]...), false)
			same(t, layout, kind.Kind(), append(append(raw[:at:at], raw[at]), raw[at:]...), false)
		}
	}
}

func same(t *testing.T, l *layout, kind event.Kind, raw []byte, must bool) {
	t.Helper()
	got := l.decode(raw, newDecoder())
	want, err := event.DecodeData(kind, raw)
	switch {
	case got == nil && must:
		t.Fatalf("%s: its layout does not recognise %s", kind, raw)
	case got != nil && (err != nil || !canonical(raw)):
		t.Fatalf("%s: its layout reads %s, which is not canonical: %v", kind, raw, err)
	case got != nil && !reflect.DeepEqual(got, want):
		t.Fatalf("%s: its layout reads %s as\n%+v, not\n%+v", kind, raw, got, want)
	}
}

func TestOnlyTheCanonicalSpellingIsRead(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":"b"}`: true, `{"a": 1}`: false, "{\n}": false, `"\/"`: false, `"\u000a"`: false, `"\u0001"`: true, `"\u001F"`: false, `"\u001f"`: true,
		`"\u2028"`: true, "\"\u2028\"": false, `"\u0041"`: false, `"é"`: true, `"\u00e9"`: false, "\"\xff\"": false, `"\ufffd"`: true,
		`"\x"`: false, `"\`: false, `"a`: false, "\"\n\"": false, "": false, `"\u12`: false, `"\"\\\b\f\n\r\t"`: true,
	} {
		if canonical([]byte(text)) != want {
			t.Errorf("canonical(%q) = %v", text, !want)
		}
	}
}

// TestEnvelopeIsStrict changes one member of a line at a time and gives it the right
// checksum.
func TestEnvelopeIsStrict(t *testing.T) {
	ev := note("x")
	ev.V, ev.Epoch, ev.Seq, ev.At, ev.Prev, ev.Dur = 1, 1, 7, newTick().Now(), firstPrev, 6
	line, err := encode(ev)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"seq":7`, `"seq":07`}, {`"seq":7`, `"seq":9223372036854775808`}, {`"seq":7`, `"seq":-7`}, {`"seq":7`, `"seq":`}, {`"dur":6`, `"dur":06`},
		{`"v":1`, `"v":2`}, {`-11-23T`, `-13-23T`}, {`-11-23T`, `-11-31T`}, {`T08:`, `T24:`}, {`:46:`, `:60:`}, {`T08:`, `t08:`}, {`Z"`, `+"`},
		{`"role":""`, `"role": ""`}, {`"role":""`, `"role":"\u0041"`}, {`"role":"",`, ``}, {`"data":{"text":"x"}`, `"data":{"text":"x",}`},
		{`"data":{"text":"x"}`, `"data":[]`}, {`"kind":"note","data":{"text":"x"}`, `"kind":"other","data":{"text":"x"`},
	} {
		changed := bytes.Replace(line[:len(line)-crcLen], []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, line[:len(line)-crcLen]) {
			t.Fatalf("%q does not stand in %s", change[0], line)
		}
		if _, err := decode(withCRC(changed)); err == nil {
			t.Errorf("%q for %q was accepted", change[1], change[0])
		}
	}
	if _, err := decode(withCRC(line[:len(line)-crcLen])); err != nil {
		t.Errorf("the line itself: %v", err)
	}
	ev.Actor = "a\xffb"
	if line, err = encode(ev); err != nil {
		t.Fatal(err)
	}
	if got, err := decode(line); err != nil || got.Actor != "a�b" {
		t.Errorf("an actor that is not UTF-8 is read as %q, %v", got.Actor, err)
	}
}

func TestTooLongEventIsRefusedBeforeItIsWritten(t *testing.T) {
	w := begun(t, calm{}, 1)
	if _, err := w.Append("ana", "", note(string(bytes.Repeat([]byte("x"), maxLine)))); err == nil || errors.Is(err, ErrFailed) {
		t.Errorf("Append = %v", err)
	}
	acknowledge(t, w, "note 2")
	mustBe(t, closed(t, w), "note 1, note 2")
}

// TestLinesLongerThanAChunkAreRead records some that do not fit into what is read
// at once.
func TestLinesLongerThanAChunkAreRead(t *testing.T) {
	w := begun(t, calm{}, 1)
	for _, size := range []int{chunkSize - 400, chunkSize, 3*chunkSize + 17, 10} {
		acknowledge(t, w, string(bytes.Repeat([]byte("x"), size)))
	}
	got := closed(t, w)
	if got.Damage != nil || len(got.Events) != 5 || len(got.Events[3].Data.(event.Note).Text) != 3*chunkSize+17 {
		t.Errorf("%v, %d events", got.Damage, len(got.Events))
	}
}
