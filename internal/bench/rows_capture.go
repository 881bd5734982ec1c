package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// captureRows are what a capture loses while trafgen sends with two threads, and what a
// function that is called for each packet is too slow for.
func captureRows() []subject {
	const window = `import time
n = []
s = AsyncSniffer(iface=%q, promisc=True%s)
s.start()
try:
    while True: time.sleep(1)
except KeyboardInterrupt: pass
s.stop()
print("captured", %s)`
	kept := fmt.Sprintf(window, swallows, "", "len(s.results)")
	prn := func(pps int, name, function string) row {
		offered := fmt.Sprintf("%d k/s offered", pps/1000)
		if pps == 0 {
			offered = "unpaced"
		}
		return row{"pktsh " + name + ", " + offered, "tcpreplay",
			capture(tcpreplay(pps), `captured (\d+)`, "pktsh", "-c", fmt.Sprintf(window, swallows, ", store=0, prn=lambda p: "+function, "len(n)"))}
	}
	const length, ttl, slow = "n.append(p.len)", "n.append(p[IP].ttl)", "n.append(len([i for i in range(1000)]))"
	return []subject{{name: "capture", doc: "captured at what trafgen -P 2 sends: the rate of what was kept", unit: "k/s", more: true, rows: []row{
		{"pktsh AsyncSniffer(), kept in memory", "trafgen", capture(trafgen(2, swallows), `captured (\d+)`, "pktsh", "-c", kept)},
		{"pktsh sniff -w -B 65536", "trafgen", capture(trafgen(2, swallows), `(\d+) packets written`, "pktsh", "sniff", "-i", swallows, "-B", "65536", "-w", "%OUT")},
		{"tcpdump -w", "tcpdump", capture(trafgen(2, swallows), `(\d+) packets captured`, "tcpdump", "-Z", "root", "-i", swallows, "-w", "%OUT")},
		{"tcpdump -w -B 65536", "tcpdump", capture(trafgen(2, swallows), `(\d+) packets captured`, "tcpdump", "-Z", "root", "-i", swallows, "-B", "65536", "-w", "%OUT")},
	}}, {name: "prn", doc: "a function in the shell's language called for each packet: the rate at which it was", unit: "k/s", more: true, rows: []row{
		prn(100_000, length, length), prn(100_000, ttl, ttl), prn(150_000, length, length), prn(0, length, length),
		prn(100_000, "a loop of 1000", slow),
		{"tcpdump -w, 150 k/s offered", "tcpdump", capture(tcpreplay(150_000), `(\d+) packets captured`, "tcpdump", "-Z", "root", "-i", swallows, "-w", "%OUT")},
	}}}
}

// uncaught are the counts of packets that a capture got and did not give.
var uncaught = regexp.MustCompile(`kernel dropped (\d+)|(\d+) packets dropped by (?:the )?kernel|(\d+) packets (?:had been )?received but not (?:been )?looked at`)

// capture runs a capture on the far host while frames come: what it keeps, and whether it counts
// all others.
func capture(send func(*world) (sample, error), kept string, argv ...string) func(*world) (sample, error) {
	re := regexp.MustCompile(kept)
	return func(w *world) (s sample, err error) {
		args := append([]string(nil), argv...)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "%OUT", w.file("capture.pcap"))
		}
		cmd := w.command(args...)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := w.far.Do(cmd.Start); err != nil {
			return s, err
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		time.Sleep(700 * time.Millisecond)
		before, err := w.received(swallows)
		if err != nil {
			return s, err
		}
		sent, err := send(w)
		after, rerr := w.received(swallows)
		time.Sleep(1500 * time.Millisecond) // libpcap hands a part-filled block over after a second
		syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if err != nil || rerr != nil {
			return s, fmt.Errorf("%v, %v", err, rerr)
		}
		m := re.FindStringSubmatch(out.String())
		if m == nil {
			return s, fmt.Errorf("it did not say what it kept: %s", lastLine(out.String()))
		}
		n, _ := strconv.ParseUint(m[1], 10, 64)
		arrived, counted := after-before, n
		for _, m := range uncaught.FindAllStringSubmatch(out.String(), -1) {
			lost, _ := strconv.ParseUint(m[1]+m[2]+m[3], 10, 64) // one of them
			counted += lost
		}
		share := float64(n) / float64(arrived)
		done := fmt.Sprintf("%.2f %% of %.0f k/s", 100*share, sent.value)
		if counted != arrived {
			done += fmt.Sprintf(", %d of %d packets not accounted for", int64(arrived-counted), arrived)
		}
		return sample{sent.value * share, done}, nil
	}
}
