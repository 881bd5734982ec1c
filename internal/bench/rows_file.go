package main

import (
	"fmt"
	"os"
	"strings"
)

const filePackets = 200_000

// fileRows read a capture of mixed TCP packets: whole processes.
func fileRows() []subject {
	ours := func(code string) func(*world) (sample, error) { return readFile("pktsh", "-c", code) }
	return []subject{{name: "file", doc: fmt.Sprintf("a capture file of %d packets read, whole process", filePackets), unit: "s", rows: []row{
		{"pktsh, dissect each and print its summary", "", ours(`sniff(offline="%IN", store=False, prn=lambda p: p.summary())`)},
		{"pktsh, dissect each", "", ours(`sniff(offline="%IN", store=False, prn=lambda p: None)`)},
		{"pktsh, rdpcap()", "", ours(`rdpcap("%IN")`)},
		{"tcpdump -nn -r", "tcpdump", readFile("tcpdump", "-nn", "-r", "%IN")},
		{"tshark -r", "tshark", readFile("tshark", "-n", "-r", "%IN")},
		{"scapy, summaries of a tenth of it", scapyPython, readFile(scapyPython, "-c", `from scapy.all import *
for p, _ in zip(PcapReader("%IN"), range(20000)): p.summary()`)},
	}, runs: 3}}
}

func readFile(argv ...string) func(*world) (sample, error) {
	return func(w *world) (sample, error) {
		file := w.file("read.pcap")
		if _, err := os.Stat(file); err != nil {
			if _, _, err := w.run(w.near, "pktsh", "-c", fmt.Sprintf(`w = PcapWriter(%q)
body = b"GET / HTTP/1.1\r\n" * 30
for i in range(%d):
    w.write(Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/IP(src="10.0.%%d.%%d" %% (i %% 4, i %% 250 + 1), dst="10.1.0.1")/TCP(sport=1024 + i %% 1024, dport=80, seq=i, flags="A")/body)
w.close()`, file, filePackets)); err != nil {
				os.Remove(file)
				return sample{}, err
			}
		}
		args := append([]string(nil), argv...)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "%IN", file)
		}
		_, took, err := w.run(w.near, args...)
		return sample{value: took.Seconds()}, err
	}
}
