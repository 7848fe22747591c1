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

// How long a server may take to be gone: one that we killed, and one whose socket
// is dead already.
const (
	seizeLimit = 5 * time.Second
	dyingLimit = 2 * time.Second
)

// takeLock takes the lock of a run for this process.
func (a *app) takeLock(dir string) (*transcript.Lock, error) {
	holder, err := transcript.NewHolder(a.clock, config.Operator(a.env), config.Host())
	if err != nil {
		return nil, err
	}
	return transcript.AcquireLock(dir, holder)
}

// lockAgain takes the lock of a run that goes on. A server that was just killed
// may hold it for a moment longer. With a seizure the server that holds it is
// killed, by a handle that cannot hit another process; who that was is returned.
func (a *app) lockAgain(ctx context.Context, dir string, seize *seizure) (*transcript.Lock, *transcript.Holder, error) {
	lock, err := a.takeLock(dir)
	var locked *transcript.LockedError
	if err == nil || !errors.As(err, &locked) {
		return lock, nil, err
	}
	if seize == nil {
		lock, err = a.waitLock(ctx, dir, dyingLimit)
		return lock, nil, err
	}
	if !sameProcess(locked.Holder, seize.Holder) {
		return nil, nil, locked // somebody else took it over meanwhile, and serves it
	}
	if err := kill(ctx, locked.Holder, a.clock.BootID()); err != nil {
		return nil, nil, err
	}
	lock, err = a.waitLock(ctx, dir, seizeLimit)
	return lock, &locked.Holder, err
}

// waitLock tries for the lock until the limit is over.
func (a *app) waitLock(ctx context.Context, dir string, limit time.Duration) (*transcript.Lock, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		lock, err := a.takeLock(dir)
		var locked *transcript.LockedError
		if err == nil || !errors.As(err, &locked) {
			return lock, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, err
		}
	}
}

func sameProcess(a, b transcript.Holder) bool {
	return a.PID == b.PID && a.Start == b.Start && a.Boot == b.Boot
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
	return say("error.unkillable", "PID", holder.PID)
}
