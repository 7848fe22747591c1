package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Date returns a day and the time of it, to the minute, as the language writes them:
// "23 Nov 2026 08:46". The month is a word, so that nobody reads it as the day. The
// time is that of at's own location. Every date is as wide as another.
func (p *Printer) Date(at time.Time) string {
	months := strings.Fields(p.T("date.months"))
	month := at.Format("01")
	if i := int(at.Month()) - 1; i < len(months) {
		month = months[i]
	}
	return p.T("date.minute", "Day", at.Format("02"), "Month", month, "Year", at.Year(), "Time", at.Format("15:04"))
}

// Took returns how long something lasted, in the units that say most: "340ms", "2.3s",
// "1m5s" in English, "340 ms", "2,3 s", "1 min 5 s" in Spanish.
func (p *Printer) Took(d time.Duration) string {
	switch {
	case d < time.Second:
		return p.unit("ms", strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10))
	case d.Round(100*time.Millisecond) < time.Minute:
		text := strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64)
		return p.unit("s", strings.Replace(text, ".", p.T("number.point"), 1))
	}
	return p.Span(d.Round(time.Second))
}

// countsDays is from how long on days are counted: up to there hours say more.
const countsDays = 48 * time.Hour

// Span returns a duration that somebody set, such as a limit, in whole days, where it is
// two or more, hours, minutes and seconds; what is less than a second as Took does.
func (p *Printer) Span(d time.Duration) string {
	switch {
	case d == 0:
		return p.unit("s", "0")
	case d < time.Second:
		return p.Took(d)
	}
	var parts []string
	if d >= countsDays {
		parts = append(parts, p.unit("d", strconv.FormatInt(int64(d/(24*time.Hour)), 10)))
		d %= 24 * time.Hour
	}
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / unit.size; n > 0 {
			parts = append(parts, p.unit(unit.name, strconv.FormatInt(int64(n), 10)))
		}
		d %= unit.size
	}
	return strings.Join(parts, p.gap())
}

func (p *Printer) unit(name, number string) string { return p.T("duration."+name, "Number", number) }

// gap is what stands between two units: a message cannot be a blank alone.
func (p *Printer) gap() string { return strings.Trim(p.T("duration.gap"), "|") }
