package main

import (
	"fmt"
	"net"
	"slices"
	"time"
)

const probeCalls = 300

// probeRows are one SYN and its SYN-ACK: per call in a process that goes on, and whole processes.
func probeRows() []subject {
	whole := func(argv ...string) func(*world) (sample, error) {
		return func(w *world) (sample, error) {
			stop, err := w.listen()
			if err != nil {
				return sample{}, err
			}
			defer stop()
			_, took, err := w.run(w.near, argv...)
			return sample{value: took.Seconds() * 1e3}, err
		}
	}
	const one = "sr1(IP(dst='" + farAddr + "')/TCP(dport=7777, flags='S'), timeout=2, verbose=0)"
	return []subject{
		{name: "sr1", doc: fmt.Sprintf("SYN to SYN-ACK, median of %d calls", probeCalls), unit: "µs", rows: []row{
			{"pktsh sr1()", "", sr1Script("pktsh", probeCalls)},
			{"scapy sr1(), 20 calls", scapyPython, sr1Script(scapyPython, 20)},
			{"the kernel's connect()", "", connect},
		}},
		{name: "sr1-whole", doc: "SYN to SYN-ACK, whole process", unit: "ms", rows: []row{
			{"pktsh -c 'sr1(…)'", "", whole("pktsh", "-c", one)},
			{"scapy", scapyPython, whole(scapyPython, "-c", "from scapy.all import *; "+one)},
			{"hping3 -S -c 1", "hping3", whole("hping3", "-S", "-p", "7777", "-c", "1", "-I", answers, farAddr)},
			{"nmap -sS, one port", "nmap", whole("nmap", "-n", "-Pn", "-sS", "-p7777", farAddr)},
		}},
	}
}

// listen accepts connections to the far host's port 7777.
func (w *world) listen() (stop func(), err error) {
	l, err := w.far.Listen("tcp", farAddr+":7777")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	return func() { l.Close() }, nil
}

func sr1Script(python string, calls int) func(*world) (sample, error) {
	src := fmt.Sprintf(`
import time
from scapy.all import *
took = []
p = IP(dst=%q)/TCP(dport=7777, flags="S")
for i in range(%d):
    p[TCP].sport = 20000 + i
    p[TCP].seq = i * 100000
    t = time.perf_counter()
    r = sr1(p, timeout=1, verbose=0)
    d = time.perf_counter() - t
    if r is None: raise Exception("no answer")
    took.append(d)
    time.sleep(0.001)
took.sort()
print(took[len(took) // 2] * 1e6)
`, farAddr, calls)
	return func(w *world) (sample, error) {
		stop, err := w.listen()
		if err != nil {
			return sample{}, err
		}
		defer stop()
		return figure(w, python, "-c", src)
	}
}

func connect(w *world) (s sample, err error) {
	stop, err := w.listen()
	if err != nil {
		return s, err
	}
	defer stop()
	var took []time.Duration
	err = w.near.Do(func() error {
		for range probeCalls {
			start := time.Now()
			c, err := net.Dial("tcp", farAddr+":7777")
			if err != nil {
				return err
			}
			took = append(took, time.Since(start))
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
			time.Sleep(time.Millisecond)
		}
		return nil
	})
	slices.Sort(took)
	if err == nil {
		s.value = took[len(took)/2].Seconds() * 1e6
	}
	return s, err
}
