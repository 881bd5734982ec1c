package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
)

// world is two hosts, near and far, and the links between them.
type world struct {
	lab       *lab.Lab
	near, far *lab.Host
	nl        *netlink.Handle // in far
	dir       string          // for files
	pktsh     string          // the program
}

// Interfaces of both hosts.
const (
	answers  = "lab0" // the far kernel answers
	swallows = "lab1" // frames to nobody: the far kernel drops them unread; two queues, offloads as the kernel sets them
	polls    = "lab2" // the same, with GRO on at both ends
)

// Addresses of the far host, and those that nobody has.
const (
	farAddr = "10.77.0.2"
	sinkMAC = "02:00:00:77:99:99"
)

// sink is an address on a link whose frames nobody takes.
func sink(link string) string {
	return map[string]string{swallows: "10.77.1.99", polls: "10.77.2.99"}[link]
}

func newWorld() (*world, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("needs root: the peers do, too")
	}
	exe, err := filepath.Abs("pktsh")
	if err == nil {
		_, err = os.Stat(exe)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: run `make build` first", err)
	}
	end := func(host string, link, id byte) lab.End {
		return lab.End{Host: host, MAC: net.HardwareAddr{2, 0, 0, 0x77, link, id},
			Addrs: []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("10.77.%d.%d/24", link, id))}}
	}
	link := func(n byte) lab.LinkSpec { return lab.LinkSpec{A: end("near", n, 1), B: end("far", n, 2)} }
	quiet, polled := link(1), link(2)
	quiet.Queues, polled.Queues, polled.GRO = 2, 2, true
	quiet.Offloads, polled.Offloads = true, true
	w := &world{pktsh: exe}
	if w.lab, err = lab.New(lab.Options{Hosts: []lab.HostSpec{{Name: "near"}, {Name: "far"}}, Links: []lab.LinkSpec{link(0), quiet, polled}}); err != nil {
		return nil, err
	}
	w.near, _ = w.lab.Host("near")
	w.far, _ = w.lab.Host("far")
	if w.dir, err = os.MkdirTemp("", "pktsh-bench-"); err == nil {
		err = os.Chmod(w.dir, 0o777) // tcpdump drops its rights
	}
	if err == nil {
		err = w.settle()
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// settle makes neighbours known, so that nobody asks for them in a measurement.
func (w *world) settle() error {
	known := func(h *lab.Host, link string, addr string, mac net.HardwareAddr) error {
		return h.Do(func() error {
			l, err := netlink.LinkByName(link)
			if err != nil {
				return err
			}
			return netlink.NeighSet(&netlink.Neigh{LinkIndex: l.Attrs().Index, IP: net.ParseIP(addr), HardwareAddr: mac, State: netlink.NUD_PERMANENT})
		})
	}
	nobody, _ := net.ParseMAC(sinkMAC)
	err := errors.Join(
		known(w.near, answers, farAddr, w.far.Ifaces[0].MAC),
		known(w.far, answers, "10.77.0.1", w.near.Ifaces[0].MAC),
		known(w.near, swallows, sink(swallows), nobody),
		known(w.near, polls, sink(polls), nobody))
	if err != nil {
		return fmt.Errorf("set neighbours: %w", err)
	}
	return w.far.Do(func() (err error) {
		w.nl, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
}

func (w *world) close() {
	if w.nl != nil {
		w.nl.Close()
	}
	w.lab.Close()
	os.RemoveAll(w.dir)
}

// file is a path for a file that goes with the run.
func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

// write makes a file, once.
func (w *world) write(name, text string) (string, error) {
	return w.file(name), os.WriteFile(w.file(name), []byte(text), 0o644)
}

// received is how many packets a link has brought the far host.
func (w *world) received(link string) (uint64, error) {
	l, err := w.nl.LinkByName(link)
	if err != nil {
		return 0, err
	}
	return l.Attrs().Statistics.RxPackets, nil
}

// command prepares a program of a host; "pktsh" is ours.
func (w *world) command(argv ...string) *exec.Cmd {
	if argv[0] == "pktsh" {
		argv[0] = w.pktsh
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = w.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// longest is how long any program may take.
const longest = 2 * time.Minute

// run runs a program on a host to its end: what it printed, and the time it took.
func (w *world) run(h *lab.Host, argv ...string) (out string, took time.Duration, err error) {
	cmd := w.command(argv...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	start := time.Now()
	if err := h.Do(cmd.Start); err != nil {
		return "", 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		if ctx.Err() == context.DeadlineExceeded {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	})()
	err = cmd.Wait()
	took = time.Since(start)
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(argv[0]), err, lastLine(b.String()))
	}
	return b.String(), took, err
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// ownGroup moves this process, and so all that it starts, to a scheduling group of its own (sched(7),
// "The autogroup feature"), where nice values compare with other groups'.
func ownGroup(nice int) error {
	if _, err := unix.Setsid(); err != nil && err != unix.EPERM { // EPERM: it leads one already
		return fmt.Errorf("start a session: %w", err)
	}
	if err := os.WriteFile("/proc/self/autogroup", fmt.Append(nil, nice), 0); err != nil {
		return fmt.Errorf("set the nice value of the scheduling group: %w", err)
	}
	return nil
}
