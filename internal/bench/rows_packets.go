package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// packetRows are Go benchmarks: packets as pure data, on one core.
func packetRows() []subject {
	ours := func(pkg, name string) row {
		return row{"pktsh, " + name, "", func(*world) (sample, error) { return goBench(pkg, name) }}
	}
	theirs := func(tool, name string) row {
		return row{tool, "", func(*world) (sample, error) { return goBench("./layers/gopkt", name) }}
	}
	return []subject{
		{name: "build", doc: "packets built, Ether/IP/TCP", unit: "ns", rows: []row{
			ours("./layers", "BenchmarkBuild"), ours("./layers", "BenchmarkTemplate"),
			{"a loop by hand that knows the offsets", "", func(*world) (sample, error) { return goBench("./layers", "BenchmarkTemplateByHand") }},
			theirs("pktsh, Ethernet addresses given", "BenchmarkBuild"),
			theirs("gopacket SerializeLayers, buffer reused", "BenchmarkSerializeLayers"),
			{"smallnest/goscapy", "go", buildByGoscapy},
			{"scapy", scapyPython, scapyTimed("raw(Ether(src=m,dst=m)/IP(src='10.0.0.1',dst='10.0.0.2')/TCP(dport=i & 0xffff,flags='S'))")},
		}},
		{name: "dissect", doc: "packets dissected, and their summaries", unit: "ns", rows: []row{
			ours("./layers/gopkt", "BenchmarkDissect"), ours("./layers/gopkt", "BenchmarkDissectFirst"), ours("./layers", "BenchmarkSummary"),
			ours("./layers/gopkt", "BenchmarkNewPacket"),
			theirs("gopacket NewPacket, lazy and not copied", "BenchmarkLazy"),
			theirs("gopacket NewPacket, lazy, first layer alone", "BenchmarkLazyFirst"),
			{"scapy, dissect and summary", scapyPython, scapyTimed("Ether(b).summary()")},
		}},
		{name: "filter", doc: "a tcpdump expression compiled", unit: "ns", rows: []row{
			ours("./sniff/filter", "BenchmarkCompile"),
			{"tcpdump -d, whole process", "tcpdump", func(w *world) (sample, error) {
				_, took, err := w.run(w.near, "tcpdump", "-d", "-y", "EN10MB", "-r", "/dev/null", "tcp port 80")
				if err != nil { // an empty file has no link type: ask for one by an interface
					_, took, err = w.run(w.near, "tcpdump", "-d", "-i", answers, "tcp port 80")
				}
				return sample{value: float64(took.Nanoseconds())}, err
			}},
		}},
	}
}

// perOp is a benchmark's figure: nanoseconds an operation, or microseconds added.
var perOp = regexp.MustCompile(`(?m)^Benchmark\S*\s+\d+\s+([0-9.]+) (ns/op|µs-added)`)

// goBench runs one of our benchmarks; of several parts the first counts.
func goBench(pkg, name string) (sample, error) {
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", "^"+name+"$", "-benchtime", "0.2s", pkg).CombinedOutput()
	m := perOp.FindSubmatch(out)
	if err == nil && m == nil {
		err = fmt.Errorf("%s has no %s", pkg, name)
	}
	if err != nil {
		return sample{}, fmt.Errorf("go test: %w: %s", err, lastLine(string(out)))
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if string(m[2]) != "ns/op" {
		v *= 1000
	}
	return sample{value: v}, err
}

// scapyTimed is nanoseconds that Scapy takes for an expression.
func scapyTimed(expr string) func(*world) (sample, error) {
	src := `
import time
from scapy.all import *
m = "02:00:00:00:00:01"
b = raw(Ether(src=m,dst=m)/IP(src='10.0.0.1',dst='10.0.0.2')/TCP(dport=80,flags='S'))
t = time.perf_counter()
for i in range(1000):
    ` + expr + `
print((time.perf_counter() - t) * 1e6)
`
	return func(w *world) (sample, error) { return figure(w, scapyPython, "-c", src) }
}

// figure runs a program on the near host that prints its own figure last.
func figure(w *world, argv ...string) (sample, error) {
	out, _, err := w.run(w.near, argv...)
	if err != nil {
		return sample{}, err
	}
	v, err := strconv.ParseFloat(lastLine(out), 64)
	if err != nil {
		return sample{}, fmt.Errorf("it printed %q", lastLine(out))
	}
	return sample{value: v}, nil
}
