package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// captureRows are what a capture loses while trafgen sends with two threads.
func captureRows() []subject {
	return []subject{{name: "capture", doc: "captured at what trafgen -P 2 sends: the rate of what was kept", unit: "k/s", more: true, rows: []row{
		{"pktsh AsyncSniffer(), kept in memory", "trafgen", capture(`captured (\d+)`, "pktsh", "-c", fmt.Sprintf(`import time
s = AsyncSniffer(iface=%q, promisc=True)
s.start()
try:
    while True: time.sleep(1)
except KeyboardInterrupt: pass
s.stop()
print("captured", len(s.results))`, swallows))},
		{"pktsh sniff -w -B 65536", "trafgen", capture(`(\d+) packets written`, "pktsh", "sniff", "-i", swallows, "-B", "65536", "-w", "%OUT")},
		{"tcpdump -w", "tcpdump", capture(`(\d+) packets captured`, "tcpdump", "-Z", "root", "-i", swallows, "-w", "%OUT")},
		{"tcpdump -w -B 65536", "tcpdump", capture(`(\d+) packets captured`, "tcpdump", "-Z", "root", "-i", swallows, "-B", "65536", "-w", "%OUT")},
	}}}
}

// capture runs a capture on the far host while frames come.
func capture(kept string, argv ...string) func(*world) (sample, error) {
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
		sent, err := trafgen(2, swallows)(w)
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
		n, _ := strconv.ParseFloat(m[1], 64)
		share := n / float64(after-before)
		return sample{sent.value * share, fmt.Sprintf("%.2f %% kept of %.0f k/s", 100*share, sent.value)}, nil
	}
}
