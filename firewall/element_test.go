package firewall

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// A kernel that is busy is asked again; what else it says is the error.
func TestCourierAsksAgain(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	says := func(errno unix.Errno) {
		m := make([]byte, unix.SizeofNlMsghdr+4)
		binary.NativeEndian.PutUint32(m, uint32(len(m)))
		binary.NativeEndian.PutUint16(m[4:], unix.NLMSG_ERROR)
		binary.NativeEndian.PutUint32(m[unix.SizeofNlMsghdr:], uint32(-int32(errno)))
		if _, err := unix.Write(fds[1], m); err != nil {
			t.Fatal(err)
		}
	}
	asked := func() (n int) {
		var buf [16]byte
		for {
			if k, _, err := unix.Recvfrom(fds[1], buf[:], unix.MSG_DONTWAIT); err != nil || k == 0 {
				return n
			}
			n++
		}
	}
	var c courier
	says(unix.EBUSY)
	if err := c.exchange(fds[0], []byte("batch")); err != nil || asked() != 2 {
		t.Errorf("busy: %v", err)
	}
	says(unix.EPERM)
	says(unix.EINVAL) // of a later message in the batch
	if err := c.exchange(fds[0], []byte("batch")); !errors.Is(err, unix.EPERM) || asked() != 1 {
		t.Errorf("refused: %v", err)
	}
}
