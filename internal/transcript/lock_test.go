package transcript

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLockSaysWhoHoldsIt(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ana, err := NewHolder(newTick(), strings.Repeat("ana", 50), "bridge")
	if err != nil {
		t.Fatal(err)
	}
	if boot := newTick().BootID(); ana.PID != os.Getpid() || !ana.Lives(boot) || ana.Lives("another") {
		t.Errorf("holder = %+v", ana)
	}
	lock, err := AcquireLock(dir, ana)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	eva := Holder{PID: 1, Operator: "eva"}
	if _, err := AcquireLock(dir, eva); !errors.As(err, &locked) || locked.Holder != ana || !strings.Contains(err.Error(), "bridge") {
		t.Fatalf("a second lock: %v", err)
	}
	before, err := os.Stat(filepath.Join(dir, lockName))
	if err != nil || before.Mode() != 0o600 {
		t.Fatalf("lock file: %v, %v", before, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	lock, err = AcquireLock(dir, eva)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	after, err := os.Stat(filepath.Join(dir, lockName))
	if err != nil || !os.SameFile(before, after) {
		t.Error("the lock's file was replaced")
	}
	if held, err := ReadHolder(dir); err != nil || held != eva {
		t.Errorf("holder = %+v, %v", held, err)
	}
	if start := ana.Start; (Holder{PID: ana.PID, Start: start + 1, Boot: ana.Boot}).Lives(ana.Boot) {
		t.Error("another process with the same number counts as the holder")
	}
}

func TestLockIsNotTakenThroughALink(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := AcquireLock(dir, Holder{}); err == nil {
		t.Error("a linked lock was taken")
	}
	if _, err := ReadHolder(dir); err == nil {
		t.Error("a linked lock was read")
	}
}

func TestNetworkFilesystemsAreRefused(t *testing.T) {
	if err := CheckFilesystem(filepath.Join(t.TempDir(), "not", "yet", "there")); err != nil {
		t.Errorf("a local directory: %v", err)
	}
	dir := "/srv/state/runs"
	for magic, want := range map[int64]string{
		unix.NFS_SUPER_MAGIC: "nfs", unix.CIFS_SUPER_MAGIC: "cifs", unix.V9FS_MAGIC: "9p", unix.FUSE_SUPER_MAGIC: "fuse",
		unix.SMB2_SUPER_MAGIC: "smb2", unix.AFS_SUPER_MAGIC: "afs", unix.EXT4_SUPER_MAGIC: "", unix.TMPFS_MAGIC: "", unix.BTRFS_SUPER_MAGIC: "",
	} {
		err := checkFilesystem(dir, func(path string, stat *unix.Statfs_t) error {
			if path != "/srv" {
				return unix.ENOENT
			}
			stat.Type = magic
			return nil
		})
		var refused *NetworkFilesystemError
		if errors.As(err, &refused) != (want != "") || refused != nil && (refused.Type != want || refused.Dir != dir) {
			t.Errorf("%x: %v", magic, err)
		}
	}
	if err := checkFilesystem(dir, func(string, *unix.Statfs_t) error { return unix.EIO }); err == nil {
		t.Error("a file system that cannot be looked up was taken for local")
	}
}
