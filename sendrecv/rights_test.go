package sendrecv

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
)

// dropEnv makes TestRightsDropped run where its process may give up its rights.
const dropEnv = "PKTSH_SENDRECV_TEST_DROP"

// A process that gives up its rights goes on with the sockets that it has; what needs a new one says
// which right it is, and what was answered until then is kept.
func TestRightsDropped(t *testing.T) {
	if err := lab.CanMake(); err != nil {
		t.Skipf("needs root or user namespaces: %v", err)
	}
	if os.Getenv(dropEnv) == "" {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestRightsDropped$", "-test.v")
		cmd.Env = append(os.Environ(), dropEnv+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") && !strings.Contains(string(out), "--- SKIP") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	c.sr(Options{Timeout: patience}, tcpSYN(dst, 1, 81)) // the neighbour is known from now on
	const n = 200
	seq := func(yield func(*layers.Packet) bool) {
		for i := range n {
			if i == n/2 {
				if err := dropRights(); err == unix.ENOTSUP {
					t.Skip("a program built with cgo has threads that Go does not know (syscall.AllThreadsSyscall)")
				} else {
					must(t, err)
				}
			}
			if !yield(tcpSYN(dst, 20000+i, 81)) {
				return
			}
		}
	}
	res, err := c.SR(t.Context(), seq, Options{Timeout: patience})
	if err != nil || res.AnsweredCount != n {
		t.Errorf("with kept sockets: %d answered, %d failed, %v", res.AnsweredCount, res.Failed, err)
	}
	res, err = c.SR(t.Context(), pkts(tcpSYN(dst, 1, 81), tcpSYN(dst, 2, 81), udp(ip("127.0.0.1"), 1, 9)), Options{Timeout: patience})
	if res.Sent+res.Failed+res.Unsent != 3 || res.AnsweredCount+res.UnansweredCount != res.Sent {
		t.Errorf("sent %d, failed %d, unsent %d, answered %d", res.Sent, res.Failed, res.Unsent, res.AnsweredCount)
	}
	if err == nil && res.Failed > 0 {
		err = res.Errors[0].Err
	}
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "CAP_NET_RAW") {
		t.Errorf("a socket without the right: %v", err)
	}
}

// dropRights takes all capabilities from all threads (capset(2)).
func dropRights() error {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&hdr)), uintptr(unsafe.Pointer(&none[0])), 0)
	if errno != 0 {
		return errno
	}
	return nil
}
