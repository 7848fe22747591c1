package process

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestLocateCgroup(t *testing.T) {
	const (
		v1      = "25 20 0:22 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		unified = "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
		part    = `31 20 0:26 /user.slice /mnt/a\040b rw - cgroup2 cgroup2 rw` + "\n"
	)
	for _, c := range []struct{ group, mounts, want string }{
		{"0::/\n", unified, "/sys/fs/cgroup"},
		{"9:name=systemd:/x\n0::/user.slice/u.scope\n", v1 + unified, "/sys/fs/cgroup/user.slice/u.scope"},
		{"0::/user.slice/u.scope\n", part, "/mnt/a b/u.scope"},
		{"0::/system.slice\n", part, ""},
		{"0::/system.slice\n", part + unified, "/sys/fs/cgroup/system.slice"},
		{"0::/../other\n", unified, ""},
		{"4:cpu:/x\n", v1, ""},
		{"0::/x\n", v1, ""},
		{"", "", ""},
	} {
		if got, ok := locateCgroup(c.group, c.mounts); got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %q: got %q, want %q", c.group, c.mounts, got, c.want)
		}
	}
}

func TestCgroupIsUsedWhereItCanBe(t *testing.T) {
	g, err := newCgroup("bitacora-test")
	g.remove()
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	spec := sh("echo pid $$; cat /proc/self/cgroup; echo end; exec sleep 1000")
	spec.Output = out.take
	p, startErr := Start(ctx, spec)
	if startErr != nil {
		t.Fatal(startErr)
	}
	got := out.await(t, "end\n")
	if can, is := err == nil, strings.Contains(got, "/bitacora-"); can != is {
		t.Errorf("a group can be made: %v (%v); the command is in one: %v\n%s", can, err, is, got)
	}
	cancel()
	if state, err := p.Wait(); err != nil || state.Signal != "SIGTERM" {
		t.Errorf("got %+v, %v", state, err)
	}
}

func TestCgroupThatRefusesIsDoneWithout(t *testing.T) {
	refusing := func(string) (*cgroup, error) { // a directory, but none of a control group
		dir, err := os.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return &cgroup{path: dir.Name(), dir: dir}, nil
	}
	p, err := start(t.Context(), sh("exit 3"), refusing)
	if err != nil {
		t.Fatal(err)
	}
	if state, err := p.Wait(); err != nil || state.Exit != 3 || p.tree.group != nil {
		t.Errorf("got %+v, %v", state, err)
	}
}
