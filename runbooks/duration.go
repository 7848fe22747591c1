package runbooks

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

var dayPart = lazily(`^([0-9]+(?:\.[0-9]+)?)([dw])`)

// ParseDuration reads a Go duration that may start with weeks and days: "90s",
// "1h30m", "90d", "1w2d". It refuses negative and empty ones.
func ParseDuration(s string) (time.Duration, error) {
	rest, total := strings.TrimSpace(s), 0.0
	bad := fmt.Errorf("%q is not a duration such as 90s, 5m, 1h30m, 7d or 2w", s)
	if rest == "" {
		return 0, bad
	}
	for strings.ContainsAny(rest, "dw") {
		m := dayPart().FindStringSubmatch(rest)
		if m == nil {
			break
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, bad
		}
		hours := 24.0
		if m[2] == "w" {
			hours *= 7
		}
		total += n * hours * float64(time.Hour)
		rest = rest[len(m[0]):]
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return 0, bad
		}
		total += float64(d)
	}
	if total > math.MaxInt64/2 {
		return 0, fmt.Errorf("%q is longer than a duration may be", s)
	}
	return time.Duration(total), nil
}

// FormatDuration prints how long something may take, as runbooks write it: 5m,
// 1h30m, 5d.
func FormatDuration(d time.Duration) string {
	if day := 24 * time.Hour; d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
