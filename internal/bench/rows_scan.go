package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// scanRows are SYN scans of ports whose kernel answers RST: whole processes, and how many
// of the ports they have an answer for.
func scanRows() (out []subject) {
	for _, n := range []int{1000, 10_000, 65_535} {
		s := subject{name: fmt.Sprintf("scan-%d", n), doc: fmt.Sprintf("SYN scan of %d ports that answer, whole process", n), unit: "s", full: true}
		ports := fmt.Sprintf("-p1-%d", n)
		s.rows = []row{
			scan("pktsh sr()", "", n, word, "pktsh", "-c", fmt.Sprintf(
				`ans, unans = sr(IP(dst="%s")/TCP(dport=(1, %d), flags="S"), timeout=2, verbose=0)`+"\nprint(\"answered\", len(ans))", farAddr, n)),
			scan("nmap -sS -T4", "nmap", n, nmapPorts, "nmap", "-sS", "-n", "-Pn", "-T4", ports, farAddr),
			scan("masscan --rate 1000000 --wait 1", "masscan", n, masscanPorts, "masscan", farAddr, ports, "--rate", "1000000", "--interface", answers,
				"--source-ip", "10.77.0.1", "--source-mac", "02:00:00:77:00:01", "--router-mac", "02:00:00:77:00:02", "--wait", "1", "--show", "closed", "-oL", "-"),
		}
		if n <= 1000 {
			s.rows = append(s.rows, scan("hping3 --scan", "hping3", n, hpingPorts(n), "hping3", "-S", "--scan", fmt.Sprintf("1-%d", n), "-I", answers, farAddr),
				scan("scapy sr(timeout=1)", scapyPython, n, word, scapyPython, "-c", fmt.Sprintf(
					"from scapy.all import *\nans, unans = sr(IP(dst=%q)/TCP(dport=(1, %d), flags='S'), timeout=1, verbose=0)\nprint('answered', len(ans))", farAddr, n)))
		}
		out = append(out, s)
	}
	return out
}

func scan(tool, peer string, ports int, answered func(string) int, argv ...string) row {
	return row{tool, peer, func(w *world) (sample, error) {
		if peer == "masscan" { // its receiver ends only when a packet comes
			defer w.trickle()()
		}
		out, took, err := w.run(w.near, argv...)
		if err != nil {
			return sample{}, err
		}
		return sample{took.Seconds(), fmt.Sprintf("%.1f %% answered", 100*float64(answered(out))/float64(ports))}, nil
	}}
}

// trickle sends the near host a datagram now and then.
func (w *world) trickle() (stop func()) {
	c, err := w.far.ListenPacket("udp", farAddr+":0")
	if err != nil {
		return func() {}
	}
	end := make(chan struct{})
	go func() {
		defer c.Close()
		for {
			c.WriteTo([]byte("x"), udpAddr("10.77.0.1:9"))
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return func() { close(end) }
}

var (
	answeredWord = regexp.MustCompile(`answered (\d+)`)
	nmapClosed   = regexp.MustCompile(`(\d+) closed tcp`)
	nmapPort     = regexp.MustCompile(`(?m)^\d+/tcp +(open|closed)`)
	masscanPort  = regexp.MustCompile(`(?m)^(open|closed) tcp (\d+)`)
	hpingMissing = regexp.MustCompile(`Not responding ports: *\(`)
)

func word(out string) int { return firstInt(answeredWord, out) }

func firstInt(re *regexp.Regexp, out string) int {
	m := re.FindStringSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func nmapPorts(out string) int {
	return firstInt(nmapClosed, out) + len(nmapPort.FindAllString(out, -1))
}

func masscanPorts(out string) int {
	seen := map[string]bool{}
	for _, m := range masscanPort.FindAllStringSubmatch(out, -1) {
		seen[m[2]] = true
	}
	return len(seen)
}

// hpingPorts: it says whether all answered, and names those that did not.
func hpingPorts(n int) func(string) int {
	return func(out string) int {
		if strings.Contains(out, "All replies received") && !hpingMissing.MatchString(out) {
			return n
		}
		return 0
	}
}
