package lab

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// roleEnv makes the test binary play a part in a test instead of running tests.
const roleEnv = "PKTSH_LAB_TEST_ROLE"

// roles are what a child process of a test does; each returns its exit status.
var roles = map[string]func() int{
	"hold":   holdLab,
	"userns": execInside,
	"inside": inside,
}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleEnv); role != "" {
		os.Exit(roles[role]())
	}
	// An ordinary user runs all of this in a user namespace.
	if NeedsUserNS() && CanExecInUserNS() == nil {
		status, err := ExecInUserNS(os.Args[1:], nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
		os.Exit(status)
	}
	os.Exit(m.Run())
}

// holdLab makes a lab with a connection whose ends cannot reach each other any
// more, as if one were crafted, and keeps it until killed.
func holdLab() int {
	l, err := New(Options{})
	if err != nil {
		return fail(err)
	}
	c, err := dialEcho(l)
	if err != nil {
		return fail(err)
	}
	defer c.Close()
	client, err := l.Host("client")
	if err != nil {
		return fail(err)
	}
	if err := client.Do(func() error {
		link, err := netlink.LinkByName("lab0")
		if err != nil {
			return err
		}
		return netlink.LinkSetDown(link)
	}); err != nil {
		return fail(err)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// execInside goes through ExecInUserNS and tells how it went by its exit status.
func execInside() int {
	status, err := ExecInUserNS(os.Args[1:], append(os.Environ(), roleEnv+"=inside"))
	if err != nil {
		return fail(err)
	}
	return status
}

// inside is the child of execInside. Its first argument says what to do.
func inside() int {
	switch os.Args[1] {
	case "lab":
		if NeedsUserNS() {
			return fail(fmt.Errorf("no capabilities in the user namespace"))
		}
		l, err := New(Options{Router: true})
		if err != nil {
			return fail(err)
		}
		defer l.Close()
		body, err := fetch(l, "4")
		if err != nil {
			return fail(err)
		}
		fmt.Printf("uid %d warnings %v\n%s", os.Getuid(), l.Warnings(), body)
		return 0
	case "exit":
		return 7
	case "interrupt": // exits with 42 on the first SIGINT
		c := make(chan os.Signal, 1)
		signal.Notify(c, unix.SIGINT)
		fmt.Println("ready")
		<-c
		return 42
	case "wait":
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
		return 0
	}
	return fail(fmt.Errorf("no such part %q", os.Args[1]))
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 99
}
