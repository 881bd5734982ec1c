package lab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// part starts the test binary in a role; see roles.
func part(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	cmd.Stderr = os.Stderr
	return cmd
}

// start runs cmd until it has said "ready".
func start(t *testing.T, cmd *exec.Cmd) (stdin io.Closer) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%v said %q, %v, want ready", cmd.Args, line, err)
	}
	return in
}

// Each namespace of the killed process gets a veth whose far end is here. The far
// end goes when the kernel has removed the namespace, and not before.
func TestKilledLabLeavesNothing(t *testing.T) {
	if err := CanMake(); err != nil {
		t.Skip(err)
	}
	cmd := part(t, "hold")
	start(t, cmd)

	watch, err := netns.New("watch")
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	links := func() (names []string) {
		t.Helper()
		err := watch.Do(func() error {
			all, err := netlink.LinkList()
			for _, l := range all {
				if l.Type() == "veth" {
					names = append(names, l.Attrs().Name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	inodes := heldNamespaces(t, cmd.Process.Pid)
	if len(inodes) != 2 {
		t.Fatalf("the child holds %d namespaces of its own, want 2: %v", len(inodes), inodes)
	}
	n := 0
	for _, path := range inodes {
		ns, err := netns.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		attrs := netlink.NewLinkAttrs()
		attrs.Name = fmt.Sprintf("watch%d", n)
		n++
		err = watch.Do(func() error {
			return netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "watched", PeerNamespace: netlink.NsFd(ns.Fd())})
		})
		ns.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := links(); len(got) != 2 {
		t.Fatalf("watching links: %v, want 2", got)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	for deadline := time.Now().Add(timeout); len(links()) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after SIGKILL these namespaces are left: %v", links())
		}
	}
	for inode := range inodes {
		if users := usersOf(inode); users != nil {
			t.Errorf("namespace %s is still used by %v", inode, users)
		}
	}
}

// heldNamespaces are the network namespaces that a process has open and is not
// in, as inode to the path of the open file.
func heldNamespaces(t *testing.T, pid int) map[string]string {
	t.Helper()
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		t.Fatal(err)
	}
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, fd := range fds {
		if dst, err := os.Readlink(fd); err == nil && strings.HasPrefix(dst, "net:") && dst != own {
			held[dst] = fd
		}
	}
	return held
}

// usersOf are the threads that are in a namespace.
func usersOf(inode string) []string {
	var users []string
	all, _ := filepath.Glob("/proc/[0-9]*/task/*/ns/net")
	for _, f := range all {
		if dst, err := os.Readlink(f); err == nil && dst == inode {
			users = append(users, f)
		}
	}
	return users
}

func TestMainThreadStays(t *testing.T) {
	before, err := os.Readlink("/proc/self/ns/net") // that of the main thread
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		newLab(t, Options{})
	}
	if after, err := os.Readlink("/proc/self/ns/net"); err != nil || after != before {
		t.Errorf("the main thread is in %s, %v, before in %s", after, err, before)
	}
}

func needUserNS(t *testing.T) {
	t.Helper()
	if err := CanExecInUserNS(); err != nil {
		t.Skip(err)
	}
}

// As root, the child runs as nobody, so that it is the unprivileged path.
func TestUnprivileged(t *testing.T) {
	needUserNS(t)
	cmd := part(t, "userns", "lab")
	if os.Geteuid() == 0 && !inUserNamespace() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "uid 0 warnings []\n" + page; string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

// inUserNamespace reports that only some user ids exist here, so that no other can be taken.
func inUserNamespace() bool {
	b, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && !slices.Equal(strings.Fields(string(b)), []string{"0", "0", "4294967295"})
}

func TestExecInUserNSPassesStatusOn(t *testing.T) {
	needUserNS(t)
	var exit *exec.ExitError
	if err := part(t, "userns", "exit").Run(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("exit status: %v, want 7", err)
	}

	// SIGTERM to the parent ends the child, and the status says so.
	cmd := part(t, "userns", "wait")
	start(t, cmd)
	cmd.Process.Signal(unix.SIGTERM)
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 128+int(unix.SIGTERM) {
		t.Errorf("SIGTERM: %v, want status 143", err)
	}

	// Ctrl-C reaches the whole foreground process group: the child decides.
	cmd = part(t, "userns", "interrupt")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	start(t, cmd)
	unix.Kill(-cmd.Process.Pid, unix.SIGINT)
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 42 {
		t.Errorf("SIGINT: %v, want the child's status 42", err)
	}
}

func TestExecInUserNSDiesWithParent(t *testing.T) {
	needUserNS(t)
	cmd := part(t, "userns", "wait")
	start(t, cmd)
	pid := cmd.Process.Pid
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Skip(err) // no CONFIG_PROC_CHILDREN
	}
	all := strings.Fields(string(children))
	for _, task := range mustGlob(t, fmt.Sprintf("/proc/%d/task/*/children", pid)) {
		b, _ := os.ReadFile(task)
		all = append(all, strings.Fields(string(b))...)
	}
	if len(all) == 0 {
		t.Fatal("the parent has no child")
	}
	cmd.Process.Kill()
	cmd.Wait()
	for deadline := time.Now().Add(timeout); alive(all[0]); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %s outlives its parent", all[0])
		}
	}
}

// alive reports that a process exists and is not a zombie.
func alive(pid string) bool {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(b, []byte(") "))
	return len(after) > 0 && after[0] != 'Z'
}

func mustGlob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestRestrictions(t *testing.T) {
	root := t.TempDir() + "/"
	if got := restrictionsIn(root); got != "" {
		t.Errorf("no settings at all: %q", got)
	}
	for name, value := range map[string]string{
		"kernel/unprivileged_userns_clone":             "0\n",
		"kernel/apparmor_restrict_unprivileged_userns": "0\n",
		"user/max_user_namespaces":                     "0\n",
		"user/max_net_namespaces":                      "96365\n",
	} {
		os.MkdirAll(filepath.Dir(root+name), 0o755)
		if err := os.WriteFile(root+name, []byte(value), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := " (sysctl kernel.unprivileged_userns_clone is 0, sysctl user.max_user_namespaces is 0)"
	if got := restrictionsIn(root); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for err, says := range map[error]string{
		unix.EPERM:  "run with sudo",
		unix.ENOSPC: "run with sudo",
		unix.EINVAL: "CONFIG_USER_NS",
	} {
		if got := explainUserNS(fmt.Errorf("fork/exec: %w", err)); !errors.Is(got, err) || !strings.Contains(got.Error(), says) {
			t.Errorf("%v: %q, want %q in it", err, got, says)
		}
	}
}
