package netns

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// NS is a handle on a network namespace. A nil *NS stands for the namespace
// the process was started in, and every method works on it.
//
// It is safe for concurrent use; Close must come last.
type NS struct {
	f    *os.File
	name string
}

// New makes an empty namespace. Nothing pins it: the kernel removes it, with
// every interface in it, when the last handle, socket and process in it are gone.
// It needs CAP_SYS_ADMIN in the current user namespace.
func New(name string) (*NS, error) {
	var ns *NS
	err := onFreshThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make network namespace %s: %w", name, err)
		}
		var err error
		ns, err = Current(name)
		return err
	})
	return ns, err
}

// Open takes a handle on a namespace by a name in /run/netns (ip-netns(8)), a
// path, or a process id.
func Open(spec string) (*NS, error) {
	path := spec
	if pid, ok := allDigits(spec); ok {
		path = "/proc/" + pid + "/ns/net"
	} else if len(spec) > 0 && spec[0] != '/' && spec[0] != '.' {
		path = "/run/netns/" + spec
	}
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open network namespace %q: %w", spec, err)
	}
	return &NS{f: f, name: spec}, nil
}

// Do runs fn on a thread inside the namespace. Sockets and netlink handles that
// fn opens stay in the namespace and may be used from anywhere afterwards.
// fn must not start goroutines that expect to be inside it.
func (ns *NS) Do(fn func() error) error {
	if ns == nil {
		return fn()
	}
	return onFreshThread(func() error {
		if err := unix.Setns(int(ns.f.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter network namespace %s: %w", ns.name, err)
		}
		return fn()
	})
}

// Inside tells whether the calling thread is in the namespace. It is known to stay there only for
// nil, and in what Do runs.
func (ns *NS) Inside() bool {
	if ns == nil {
		return true
	}
	var here, there unix.Stat_t
	return unix.Stat("/proc/thread-self/ns/net", &here) == nil && unix.Fstat(int(ns.f.Fd()), &there) == nil &&
		here.Ino == there.Ino && here.Dev == there.Dev
}

// Fd is the handle as netlink's "netns by fd" attribute wants it; -1 for nil.
func (ns *NS) Fd() int {
	if ns == nil {
		return -1
	}
	return int(ns.f.Fd())
}

// String is the name the namespace was made or opened with.
func (ns *NS) String() string {
	if ns == nil {
		return "the current namespace"
	}
	return ns.name
}

// Close drops the handle.
func (ns *NS) Close() error {
	if ns == nil {
		return nil
	}
	return ns.f.Close()
}

// Current is a handle on the namespace of the calling thread, under a name of the caller's.
func Current(name string) (*NS, error) {
	f, err := os.OpenFile("/proc/thread-self/ns/net", os.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open network namespace: %w", err)
	}
	return &NS{f: f, name: name}, nil
}

// onFreshThread runs fn on a goroutine locked to its thread and lets the thread
// die with it. Switching back instead could fail and would then leave a thread
// in the wrong namespace for any goroutine to run on.
func onFreshThread(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The runtime never ends the main thread: it would stay inside, pin
			// the namespace, and show it as /proc/self/ns/net. Another one then.
			done <- onFreshThread(fn)
			runtime.UnlockOSThread()
			return
		}
		done <- fn() // still locked: the runtime ends the thread
	}()
	return <-done
}

func allDigits(s string) (string, bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	return s, s != ""
}
