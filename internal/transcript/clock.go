package transcript

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// SystemClock is the machine's own clock.
type SystemClock struct{ boot string }

// NewSystemClock reads the boot id.
func NewSystemClock() (SystemClock, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return SystemClock{}, fmt.Errorf("read the boot id: %w", err)
	}
	return SystemClock{boot: strings.TrimSpace(string(id))}, nil
}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// MonoMS implements Clock by CLOCK_BOOTTIME.
func (SystemClock) MonoMS() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0
	}
	return ts.Nano() / int64(time.Millisecond)
}

// BootID implements Clock.
func (c SystemClock) BootID() string { return c.boot }
