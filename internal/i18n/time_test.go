package i18n

import (
	"testing"
	"time"
)

func TestDatesAndDurationsFollowTheLanguage(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	es, en := catalog.Printer("es"), catalog.Printer("en")
	at := time.Date(2026, 1, 3, 8, 6, 7, 0, time.UTC)
	if got := es.Date(at); got != "03 ene 2026 08:06" {
		t.Errorf("es: %s", got)
	}
	if got := en.Date(at.AddDate(0, 11, 0)); got != "03 Dec 2026 08:06" {
		t.Errorf("en: %s", got)
	}
	for _, test := range []struct {
		d      time.Duration
		es, en string
	}{
		{0, "0 ms", "0ms"},
		{340*time.Millisecond + 600*time.Microsecond, "341 ms", "341ms"},
		{2300 * time.Millisecond, "2,3 s", "2.3s"},
		{2 * time.Second, "2 s", "2s"},
		{59*time.Second + 970*time.Millisecond, "1 min", "1m"},
		{65 * time.Second, "1 min 5 s", "1m5s"},
		{time.Hour + 20*time.Second, "1 h 20 s", "1h20s"},
		{49 * time.Hour, "2 d 1 h", "2d1h"},
	} {
		if got := es.Took(test.d); got != test.es {
			t.Errorf("es: %v is %q, want %q", test.d, got, test.es)
		}
		if got := en.Took(test.d); got != test.en {
			t.Errorf("en: %v is %q, want %q", test.d, got, test.en)
		}
	}
	for d, want := range map[time.Duration]string{
		47*time.Hour + 59*time.Minute: "47h59m", 48 * time.Hour: "2d", 120 * time.Hour: "5d", 75*time.Hour + time.Second: "3d3h1s",
	} {
		if got := en.Span(d); got != want {
			t.Errorf("%s is written as %s, want %s", d, got, want)
		}
	}
	if got := es.Span(90 * time.Minute); got != "1 h 30 min" {
		t.Errorf("span: %s", got)
	}
}
