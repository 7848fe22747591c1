package transcript

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// NetworkFilesystemError refuses a directory in which a lock and a sync cannot be
// trusted.
type NetworkFilesystemError struct {
	Dir  string
	Type string // nfs, cifs …
}

func (e *NetworkFilesystemError) Error() string {
	return fmt.Sprintf("%s lies on a network file system (%s), where two machines could both believe that they drive a run; "+
		"set XDG_STATE_HOME to a directory on a local disk", e.Dir, e.Type)
}

// networkFilesystems are the types, by their magic number in statfs(2), that are
// not local. FUSE is among them: it is sshfs far more often than a local one, and
// its locks are the daemon's.
func networkFilesystems() map[uint32]string {
	return map[uint32]string{
		unix.NFS_SUPER_MAGIC:  "nfs",
		unix.CIFS_SUPER_MAGIC: "cifs",
		unix.SMB_SUPER_MAGIC:  "smb",
		unix.SMB2_SUPER_MAGIC: "smb2",
		unix.V9FS_MAGIC:       "9p",
		unix.AFS_SUPER_MAGIC:  "afs",
		unix.AFS_FS_MAGIC:     "afs",
		unix.CODA_SUPER_MAGIC: "coda",
		unix.CEPH_SUPER_MAGIC: "ceph",
		unix.FUSE_SUPER_MAGIC: "fuse",
		unix.NCP_SUPER_MAGIC:  "ncp",
		0x01161970:            "gfs2",
		0x7461636f:            "ocfs2",
		0x0bd00bd0:            "lustre",
		0x47504653:            "gpfs",
		0x786f4256:            "vboxsf",
		0xbacbacbc:            "vmhgfs",
	}
}

// CheckFilesystem returns a *NetworkFilesystemError when a directory, or the one in
// which it will be created, does not lie on a local file system.
func CheckFilesystem(dir string) error { return checkFilesystem(dir, unix.Statfs) }

func checkFilesystem(dir string, statfs func(string, *unix.Statfs_t) error) error {
	at := filepath.Clean(dir)
	for {
		var stat unix.Statfs_t
		err := statfs(at, &stat)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			at = filepath.Dir(at)
			continue
		}
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look up the file system of %s: %w", at, err)
		}
		if name, found := networkFilesystems()[uint32(stat.Type)]; found {
			return &NetworkFilesystemError{Dir: dir, Type: name}
		}
		return nil
	}
}
