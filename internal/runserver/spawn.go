package runserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Ready is what a new server says before it lets go of its parent: where the run
// is, or why there is none.
type Ready struct {
	Run   string `json:"run"`
	Dir   string `json:"dir"`
	Error string `json:"error"`
	Code  int    `json:"code"` // exit code for Error
}

// StartError is why a server did not come up.
type StartError struct{ Ready Ready }

func (e *StartError) Error() string { return e.Ready.Error }

// Spawn starts command as a run server: in a session of its own, without a
// terminal, with spec as JSON on its standard input. It returns when the server
// is ready to be dialled. The server's working directory is this process's. Spec
// goes through a pipe, which keeps what it holds out of arguments and environment.
func Spawn(ctx context.Context, command, environ []string, spec any) (Ready, error) {
	input, err := json.Marshal(spec)
	if err != nil {
		return Ready{}, fmt.Errorf("start the run server: %w", err)
	}
	// Not CommandContext: the server must survive this process and its context.
	cmd := exec.Command(command[0], command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Env = environ
	cmd.Stdin = strings.NewReader(string(input))
	// What this process inherited is not the server's: a pipe it kept would never end.
	_ = unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	output, err := cmd.StdoutPipe()
	if err != nil {
		return Ready{}, fmt.Errorf("start the run server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return Ready{}, fmt.Errorf("start the run server: %w", err)
	}
	type answer struct {
		ready Ready
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		var ready Ready
		err := json.NewDecoder(io.LimitReader(output, 1<<20)).Decode(&ready)
		answered <- answer{ready, err}
	}()
	select {
	case got := <-answered:
		if got.err != nil {
			return Ready{}, errors.Join(fmt.Errorf("the run server ended before it was ready: %w", got.err), cmd.Wait())
		}
		if got.ready.Error != "" {
			_ = cmd.Wait() // its reason is in the answer
			return Ready{}, &StartError{Ready: got.ready}
		}
		return got.ready, cmd.Process.Release()
	case <-ctx.Done():
		_ = cmd.Process.Kill()
		<-answered
		_ = cmd.Wait()
		return Ready{}, ctx.Err()
	}
}

// ReadSpec is the server's side of Spawn: it reads the spec from standard input.
func ReadSpec(spec any) error {
	if err := json.NewDecoder(os.Stdin).Decode(spec); err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	return nil
}

// Detach tells the parent that the server is ready (or why not) and turns
// standard input and output to nothing and standard error to the file log, so
// that nothing of the server holds the parent's pipes or terminal.
func Detach(ready Ready, log *os.File) error {
	line, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("tell the parent: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for _, fd := range []struct{ from, to int }{{int(null.Fd()), 0}, {int(null.Fd()), 1}, {int(log.Fd()), 2}} {
		if err := syscall.Dup3(fd.from, fd.to, 0); err != nil {
			return fmt.Errorf("let go of the terminal: %w", err)
		}
	}
	return nil
}
