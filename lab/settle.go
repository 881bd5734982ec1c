package lab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Times of settle. Reports come at most a millisecond's delay apart (see quiet),
// rounded up to the kernel's tick, which is 10 ms at the slowest (CONFIG_HZ=100).
const (
	settleQuiet = 25 * time.Millisecond
	settleLimit = 500 * time.Millisecond
	settlePoll  = 2 * time.Millisecond
)

// settle waits until the host has told its links which multicast groups it is in
// (RFC 3810 §6.1: at once and then again, Robustness Variable times), so that the
// first packet in a capture is one that somebody sent on purpose. It then gives
// each link back the interval that the kernel had.
func (h *Host) settle() error {
	if len(h.Ifaces) == 0 || !h.hasIPv6() {
		return nil
	}
	sent, since := uint64(0), time.Now()
	for deadline := since.Add(settleLimit); time.Now().Before(deadline) && time.Since(since) < settleQuiet; time.Sleep(settlePoll) {
		n, err := h.mldReports()
		if err != nil {
			return err
		}
		if n != sent {
			sent, since = n, time.Now()
		}
	}
	for _, ifc := range h.Ifaces {
		// Refused writes were already told as a warning by configure.
		_ = h.SetSysctl(mldInterval(ifc.Name), "1000")
	}
	return nil
}

// mldReports counts the MLDv2 reports that the host has sent on all its links.
func (h *Host) mldReports() (uint64, error) {
	var sum uint64
	err := h.Do(func() error {
		b, err := os.ReadFile("/proc/thread-self/net/snmp6")
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("count multicast reports: %w", err)
		}
		for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
			if f := strings.Fields(s.Text()); len(f) == 2 && f[0] == "Icmp6OutMLDv2Reports" {
				_, err := fmt.Sscan(f[1], &sum)
				return err
			}
		}
		return nil
	})
	return sum, err
}
