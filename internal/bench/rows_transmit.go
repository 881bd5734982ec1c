package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// flooding is how long a tool sends.
const flooding = time.Second

// transmitRows are 60-byte frames with a running source port to an address that nobody has: packets a
// second as the far interface counts them, start-up left out.
//
// trafgen goes past the queueing discipline (PACKET_QDISC_BYPASS) unless it is told otherwise, as mode="direct"
// does, so "direct" is to be compared with it and "mmsg" with its --qdisc-path. tcpreplay, hping3 and Scapy do not;
// what they send is the same every time, or a file of a thousand frames.
func transmitRows() []subject {
	const gro, queued = " (peer polls)", ", --qdisc-path"
	return []subject{
		{name: "transmit-1", doc: "60-byte frames, one thread, counted by the receiver", unit: "k/s", more: true, rows: []row{
			oursFlood("auto", "auto", 1, swallows),
			oursFlood("xdp", "xdp", 1, swallows),
			oursFlood("direct", "direct", 1, swallows),
			{"trafgen -P 1, running port", "trafgen", trafgen(1, swallows)},
			oursFlood("mmsg", "mmsg", 1, swallows),
			{"trafgen -P 1, running port" + queued, "trafgen", trafgen(1, swallows, "--qdisc-path")},
			{"tcpreplay --topspeed -K", "tcpreplay", tcpreplay(0)},
			{"hping3 --flood", "hping3", flood(swallows, claimed(hpingSent), "hping3", "-q", "--flood", "--udp", "-p", "9", "-d", "18", "-I", swallows, sink(swallows))},
			{"scapy sendp(count=)", scapyPython, flood(swallows, nil, scapyPython, "-c", fmt.Sprintf(
				"from scapy.all import *\np = Ether(dst=%q)/IP(dst=%q)/UDP(sport=4000, dport=9)/(b'x'*18)\nwhile 1: sendp(p, iface=%q, count=100, verbose=0)", sinkMAC, sink(swallows), swallows))},
		}},
		{name: "transmit-2", doc: "60-byte frames, two threads, two queues", unit: "k/s", more: true, rows: []row{
			oursFlood("auto", "auto", 2, swallows),
			oursFlood("xdp", "xdp", 2, swallows),
			oursFlood("direct", "direct", 2, swallows),
			{"trafgen -P 2, running port", "trafgen", trafgen(2, swallows)},
			oursFlood("mmsg", "mmsg", 2, swallows),
			{"trafgen -P 2, running port" + queued, "trafgen", trafgen(2, swallows, "--qdisc-path")},
		}},
		{name: "transmit-live", doc: "60-byte frames, live frames and what else there is, the far end polls", unit: "k/s", more: true, rows: []row{
			oursFlood("live", "live", 1, polls),
			oursFlood("live, two threads", "live", 2, polls),
			oursFlood("xdp"+gro, "xdp", 1, polls),
			oursFlood("xdp, two threads"+gro, "xdp", 2, polls),
			{"trafgen -P 1" + gro, "trafgen", trafgen(1, polls)},
			{"trafgen -P 2" + gro, "trafgen", trafgen(2, polls)},
		}},
		{name: "pace", doc: "100,000 packets a second asked for: what the receiver counts", unit: "k/s", more: true, rows: []row{
			{"pktsh sendpfast(pps=100000)", "", flood(swallows, claimed(oursSent), "pktsh", "-c", oursScript(swallows, `pps=100000`))},
			{"tcpreplay --pps=100000", "tcpreplay", tcpreplay(100_000)},
		}},
	}
}

func oursScript(link, args string) string {
	return fmt.Sprintf(`p = Ether(dst=%q)/IP(dst=%q)/UDP(sport=(1024, 65535), dport=9)/(b"x"*18)
r = sendpfast(p, iface=%q, loop=0, parse_results=True, %s)
print("sent", r["packets"], r["method"])`, sinkMAC, sink(link), link, args)
}

func oursFlood(tool, mode string, threads int, link string) row {
	return row{"pktsh sendpfast(), " + tool, "", flood(link, claimed(oursSent), "pktsh", "-c", oursScript(link, fmt.Sprintf("mode=%q, threads=%d", mode, threads)))}
}

// What tools print of the frames that they sent, and ours of the way.
var (
	oursSent    = regexp.MustCompile(`sent (\d+) (\S+)`)
	trafgenSent = regexp.MustCompile(`(\d+) packets outgoing()`)
	replaySent  = regexp.MustCompile(`Actual: (\d+) packets()`)
	hpingSent   = regexp.MustCompile(`(\d+) packets transmitted()`)
)

// claimed compares what a tool says that it sent with what arrived.
func claimed(sent *regexp.Regexp) func(out string, arrived uint64) (string, error) {
	return func(out string, arrived uint64) (string, error) {
		m := sent.FindStringSubmatch(out)
		if m == nil {
			return "", fmt.Errorf("it did not say what it sent: %s", lastLine(out))
		}
		n, err := strconv.ParseUint(m[1], 10, 64)
		done := fmt.Sprintf("%.3f %% of what it counts arrived", 100*float64(arrived)/float64(max(n, 1)))
		if m[2] != "" {
			done += ", " + m[2]
		}
		return done, err
	}
}

func trafgen(threads int, link string, more ...string) func(*world) (sample, error) {
	return func(w *world) (sample, error) {
		cfg, err := w.write("trafgen.cfg", fmt.Sprintf("{ eth(da=%s, sa=02:00:00:77:01:01), ipv4(saddr=10.77.1.1, daddr=%s, ttl=64), udp(sp=dinc(1024, 65535), dp=9), fill('x', 18) }\n", sinkMAC, sink(link)))
		if err != nil {
			return sample{}, err
		}
		return flood(link, claimed(trafgenSent), append([]string{"trafgen", "--dev", link, "--conf", cfg, "-P", strconv.Itoa(threads), "-n", "0"}, more...)...)(w)
	}
}

// tcpreplay sends a file of a thousand frames over and over; pps 0 as fast as it can.
func tcpreplay(pps int) func(*world) (sample, error) {
	return func(w *world) (sample, error) {
		file := w.file("replay.pcap")
		if _, _, err := w.run(w.near, "pktsh", "-c", fmt.Sprintf(
			`wrpcap(%q, [p for p in Ether(dst=%q, src="02:00:00:77:01:01")/IP(src="10.77.1.1", dst=%q)/UDP(sport=(1024, 2023), dport=9)/(b"x"*18)])`, file, sinkMAC, sink(swallows))); err != nil {
			return sample{}, err
		}
		speed := []string{"--topspeed"}
		if pps > 0 {
			speed = []string{fmt.Sprintf("--pps=%d", pps), "--pps-multi=20"}
		}
		return flood(swallows, claimed(replaySent), append(append([]string{"tcpreplay", "-q", "-K", "-i", swallows}, speed...), "--loop=1000000", file)...)(w)
	}
}

// flood runs a program that sends without end for a while and measures at the receiver. account,
// if there is one, compares with what the program printed.
func flood(link string, account func(out string, arrived uint64) (string, error), argv ...string) func(*world) (sample, error) {
	return func(w *world) (s sample, err error) {
		cmd := w.command(argv...)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		before, err := w.received(link)
		if err != nil {
			return s, err
		}
		if err := w.near.Do(cmd.Start); err != nil {
			return s, err
		}
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		m := meter{w: w, link: link}
		err = m.watch(ended)
		syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if err != nil {
			return s, fmt.Errorf("%w: %s", err, lastLine(out.String()))
		}
		time.Sleep(20 * time.Millisecond) // the last frames
		after, err := w.received(link)
		if err != nil {
			return s, err
		}
		s.value = m.rate / 1e3
		if account != nil {
			s.done, err = account(out.String(), after-before)
		}
		return s, err
	}
}

// meter measures the rate at which a link brings packets.
type meter struct {
	w    *world
	link string
	rate float64
}

// watch waits for the first packets, and takes the rate from a moment later on.
func (m *meter) watch(ended <-chan struct{}) error {
	first, err := m.w.received(m.link)
	if err != nil {
		return err
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		select {
		case <-ended:
			return fmt.Errorf("it ended before it had sent for %s", flooding)
		default:
		}
		n, err := m.w.received(m.link)
		if err != nil {
			return err
		}
		if n > first+64 {
			break
		}
		if time.Now().After(until) {
			return fmt.Errorf("nothing arrived")
		}
	}
	time.Sleep(50 * time.Millisecond)
	a, err := m.w.received(m.link)
	start := time.Now()
	if err != nil {
		return err
	}
	time.Sleep(flooding)
	b, err := m.w.received(m.link)
	m.rate = float64(b-a) / time.Since(start).Seconds()
	return err
}

func udpAddr(s string) net.Addr {
	a, err := net.ResolveUDPAddr("udp", s)
	if err != nil {
		panic(err)
	}
	return a
}
