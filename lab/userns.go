package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// errRights is the reason that CanMake gives a process without the capabilities.
var errRights = errors.New("CAP_SYS_ADMIN and CAP_NET_ADMIN are missing")

// CanMake says why New would fail in this process, or nil. It tries: it makes a
// namespace and drops it.
func CanMake() error {
	if NeedsUserNS() {
		return fmt.Errorf("make a lab: %w: run with sudo, or inside a user namespace of its own", errRights)
	}
	ns, err := netns.New("probe")
	if err != nil {
		return fmt.Errorf("make a lab: %w%s", err, restrictions())
	}
	return ns.Close()
}

// NeedsUserNS reports that this process lacks the capabilities for a lab and has
// to call ExecInUserNS to get them.
func NeedsUserNS() bool {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&hdr, &data[0]); err != nil {
		return true
	}
	const need = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN // both below 32: the first word
	return data[0].Effective&need != need
}

// CanExecInUserNS says why ExecInUserNS would fail, or nil. It tries, with a program
// that does not exist: the kernel makes the namespaces before it looks for the program.
func CanExecInUserNS() error {
	if err := inUserNS("/proc/self/no-such-program", nil, nil).Start(); !errors.Is(err, os.ErrNotExist) {
		return explainUserNS(err)
	}
	return nil
}

// ExecInUserNS runs this program again, with args after its name and env (nil: the
// present one) as its environment, as root of a new user namespace that stands for
// the user who runs it, and in a new network namespace. It waits for it and returns its
// exit status, 128+n if signal n ended it, as a shell counts.
//
// The child has this process's standard streams and process group: it owns the
// terminal, and Ctrl-C reaches it directly while this process ignores it. SIGTERM
// and SIGHUP are passed on. If this process is killed, the kernel kills the child.
// Its network namespace is empty; RaiseLoopback makes 127.0.0.1 work there.
func ExecInUserNS(args []string, env []string) (exitCode int, err error) {
	// PR_SET_PDEATHSIG fires when the *thread* that forked ends (prctl(2)), so
	// that thread has to stay ours until the child is done.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	// Caught, not ignored: an ignored signal would stay ignored across exec, and
	// the child could never be interrupted.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP)
	defer signal.Stop(signals)

	cmd := inUserNS("/proc/self/exe", args, env)
	if err := cmd.Start(); err != nil {
		return 0, explainUserNS(err)
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case s := <-signals:
				if s == unix.SIGTERM || s == unix.SIGHUP {
					_ = cmd.Process.Signal(s) // ErrProcessDone: nothing left to tell
				}
			case <-done:
				return
			}
		}
	}()
	return exitStatus(cmd.Wait())
}

// inUserNS prepares path to run in new namespaces.
func inUserNS(path string, args, env []string) *exec.Cmd {
	cmd := exec.Command(path)
	cmd.Args = append([]string{os.Args[0]}, args...) // argv[0] as the user typed it
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
		// user_namespaces(7): without privilege gid_map can be written only once
		// setgroups(2) is denied.
		GidMappingsEnableSetgroups: false,
		Pdeathsig:                  unix.SIGKILL,
	}
	return cmd
}

// exitStatus turns the outcome of Cmd.Wait into a shell's exit status.
func exitStatus(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// explainUserNS adds to a refusal what refuses.
func explainUserNS(err error) error {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES), errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EUSERS):
		return fmt.Errorf("make a user namespace: %w%s: run with sudo", err, restrictions())
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return fmt.Errorf("make a user namespace: %w: this kernel is built without CONFIG_USER_NS: run with sudo", err)
	}
	return fmt.Errorf("run inside a user namespace: %w", err)
}

// restrictions names the settings of this host that forbid user namespaces, as
// " (sysctl kernel.x is 0, …)", or "" if none does.
func restrictions() string { return restrictionsIn("/proc/sys/") }

func restrictionsIn(root string) string {
	var found []string
	for _, r := range []struct{ name, forbids string }{
		{"kernel.unprivileged_userns_clone", "0"},             // Debian, Arch
		{"kernel.apparmor_restrict_unprivileged_userns", "1"}, // Ubuntu 23.10 and later
		{"user.max_user_namespaces", "0"},                     // namespaces(7)
		{"user.max_net_namespaces", "0"},                      // namespaces(7)
	} {
		b, err := os.ReadFile(root + strings.ReplaceAll(r.name, ".", "/"))
		if err == nil && strings.TrimSpace(string(b)) == r.forbids {
			found = append(found, "sysctl "+r.name+" is "+r.forbids)
		}
	}
	if found == nil {
		return ""
	}
	return " (" + strings.Join(found, ", ") + ")"
}
