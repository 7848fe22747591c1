package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"genia.ai/bitacora/internal/config"
	"genia.ai/bitacora/internal/transcript"
)

// seizeLimit is how long a killed server may take to be gone.
const seizeLimit = 5 * time.Second

// takeLock takes the lock of a run for this process.
func (a *app) takeLock(dir string) (*transcript.Lock, error) {
	holder, err := transcript.NewHolder(a.clock, config.Operator(a.env), config.Host())
	if err != nil {
		return nil, err
	}
	return transcript.AcquireLock(dir, holder)
}

// lockAgain takes the lock of a run. With a seizure it kills the server that
// holds it, by a handle that cannot hit another process, and returns who that was.
func (a *app) lockAgain(ctx context.Context, dir string, seize *seizure) (*transcript.Lock, *transcript.Holder, error) {
	lock, err := a.takeLock(dir)
	var locked *transcript.LockedError
	if err == nil || seize == nil || !errors.As(err, &locked) {
		return lock, nil, err
	}
	if err := kill(ctx, locked.Holder, a.clock.BootID()); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, seizeLimit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		lock, err := a.takeLock(dir)
		if err == nil || !errors.As(err, &locked) {
			return lock, &locked.Holder, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("the run server (process %d) was killed and still holds the run: %w", locked.Holder.PID, err)
		}
	}
}

// kill ends the process that holds a run, if it is still the one that took the lock.
func kill(ctx context.Context, holder transcript.Holder, boot string) error {
	fd, err := unix.PidfdOpen(holder.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over from process %d: %w", holder.PID, err)
	}
	defer unix.Close(fd)
	// The handle is of whatever has that pid now; it must be who took the lock.
	if !holder.Lives(boot) {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("take over from process %d: %w", holder.PID, err)
	}
	deadline := time.Now().Add(seizeLimit)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 50)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for process %d: %w", holder.PID, err)
		}
		if n > 0 {
			return nil
		}
	}
	return fmt.Errorf("process %d does not end though it was killed", holder.PID)
}
