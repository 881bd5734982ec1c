package packetsock

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func writeFile(name, text string) error { return os.WriteFile(name, []byte(text), 0) }

func TestOpenErrors(t *testing.T) {
	w := newWire(t)
	const missing = 4242
	if _, err := OpenRing(RingConfig{NS: w.a, Ifindex: missing}); !errors.Is(err, ErrNoInterface) {
		t.Errorf("ring: %v", err)
	}
	if _, err := OpenSock(SockConfig{NS: w.a, Ifindex: missing}); !errors.Is(err, ErrNoInterface) || !errors.Is(err, unix.ENODEV) {
		t.Errorf("socket: %v", err)
	}
	if _, err := OpenRing(RingConfig{NS: w.a, Filter: make(Filter, 5000)}); err == nil || !strings.Contains(err.Error(), "5000 instructions") {
		t.Errorf("long filter: %v", err)
	}
	// A jump beyond the end: the kernel refuses the program.
	bad := Filter{{Code: unix.BPF_JMP | unix.BPF_JA, K: 10}, {Code: unix.BPF_RET | unix.BPF_K}}
	if _, err := OpenSock(SockConfig{NS: w.a, Filter: bad}); !errors.Is(err, unix.EINVAL) {
		t.Errorf("bad filter: %v", err)
	}
}

func TestNoRights(t *testing.T) {
	newNS(t) // skips where there are no rights to give up
	// Capabilities belong to threads; this one is given up with its own.
	errs := make(chan error, 3)
	go func() {
		runtime.LockOSThread()
		hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var none [2]unix.CapUserData
		if err := unix.Capset(&hdr, &none[0]); err != nil {
			errs <- err
			return
		}
		for _, open := range []func() error{
			func() error { _, err := OpenRing(RingConfig{}); return err },
			func() error { _, err := OpenSock(SockConfig{}); return err },
			func() error { _, err := OpenRawIP(RawIPConfig{}); return err },
		} {
			errs <- open()
		}
	}()
	for range 3 {
		if err := <-errs; !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "setcap cap_net_raw") {
			t.Errorf("got %v", err)
		}
	}
}
