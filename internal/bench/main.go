// Command bench prints one table of figures: pktsh's beside its peers', each the
// median of several runs with the least and the most, all measured in this one
// run. Peers that are not installed are left out and said so.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

const rounds = 9

// row is one line of the table: what run i took.
type row struct {
	work, tool string
	unit       string
	run        func() (float64, error)
}

func main() {
	rows := []row{
		process("start to first result", "pktsh", "./pktsh", "-c", "print(raw(IP()/TCP()))"),
		process("start to first result", "scapy", "/usr/bin/python3", "-c", "from scapy.all import *; print(raw(IP()/TCP()))"),
		process("start to first result", "/bin/true, the floor", "/bin/true"),
		script("SYN to SYN-ACK, median of 300 calls", "pktsh sr1()", sr1),
		script("SYN to SYN-ACK, median of 300 calls", "kernel connect()", connect),
		script("scan of 1,000 ports, answers in time", "pktsh sr()", scan),
	}
	fmt.Printf("%-40s %-22s %10s %10s %10s\n", "work", "tool", "median", "least", "most")
	for _, r := range rows {
		var got []float64
		var err error
		for range rounds {
			var v float64
			if v, err = r.run(); err != nil {
				break
			}
			got = append(got, v)
		}
		if err != nil {
			fmt.Printf("%-40s %-22s left out: %v\n", r.work, r.tool, err)
			continue
		}
		slices.Sort(got)
		fmt.Printf("%-40s %-22s %7.1f %s %7.1f %s %7.1f %s\n", r.work, r.tool, got[rounds/2], r.unit, got[0], r.unit, got[rounds-1], r.unit)
	}
}

// process times a whole process.
func process(work, tool string, argv ...string) row {
	return row{work, tool, "ms", func() (float64, error) {
		start := time.Now()
		err := exec.Command(argv[0], argv[1:]...).Run()
		return float64(time.Since(start).Microseconds()) / 1000, err
	}}
}

// script runs a script in a lab; it prints its own figure, which has the unit
// that its name says.
func script(work, tool, src string) row {
	unit := "µs"
	if strings.Contains(src, "# ms") {
		unit = "ms"
	}
	return row{work, tool, unit, func() (float64, error) {
		cmd := exec.Command("./pktsh", "-c", src)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return 0, err
		}
		return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	}}
}

const sr1 = `
import time
net = lab()
p = IP(dst=net.server.ip)/TCP(dport=80, flags="S")
took = []
for i in range(300):
    p[TCP].sport = 1024 + i
    t = time.perf_counter()
    r = sr1(p, timeout=1, verbose=0)
    took.append(time.perf_counter() - t)
    if r is None:
        raise Exception("no answer")
print(sorted(took)[150] * 1e6)
`

const connect = `
import time
net = lab()
took = []
for i in range(300):
    s = net.client.socket()
    t = time.perf_counter()
    s.connect((net.server.ip, 80))
    took.append(time.perf_counter() - t)
    s.close()
print(sorted(took)[150] * 1e6)
`

const scan = `
import time
net = lab()
t = time.perf_counter() # ms
ans, unans = sr(IP(dst=net.server.ip)/TCP(sport=4000, dport=(1000, 1999), flags="S"), timeout=2, verbose=0)
took = time.perf_counter() - t
if len(ans) != 1000:
    raise Exception("%d answers" % len(ans))
print(took * 1e3)
`
