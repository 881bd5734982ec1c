package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const filePackets = 200_000

// fileRows read a capture of mixed TCP packets: whole processes.
func fileRows() []subject {
	ours := func(code string) func(*world) (sample, error) { return readFile(1, "pktsh", "-c", code) }
	return []subject{{name: "file", doc: fmt.Sprintf("a capture file of %d packets read, whole process", filePackets), unit: "s", rows: []row{
		{"pktsh, dissect each and print its summary", "", ours(`sniff(offline="%IN", store=False, prn=lambda p: p.summary())`)},
		{"pktsh, dissect each", "", ours(`sniff(offline="%IN", store=False, prn=lambda p: None)`)},
		{"pktsh, rdpcap()", "", ours(`rdpcap("%IN")`)},
		{"tcpdump -nn -r", "tcpdump", readFile(1, "tcpdump", "-nn", "-r", "%IN")},
		{"tshark -r", "tshark", readFile(1, "tshark", "-n", "-r", "%IN")},
		{"scapy, summaries of a tenth of it", scapyPython, readFile(1, scapyPython, "-c", `from scapy.all import *
for p, _ in zip(PcapReader("%IN"), range(20000)): p.summary()`)},
	}, runs: 3}, filtering(1), filtering(10)}
}

// filtering writes what a filter accepts of a file into another, beside plain copies: of a file some times as
// long, so that what a process takes to start weighs less.
func filtering(times int) subject {
	const half, all = "ip[15] & 1 == 1", "tcp"
	rows := []row{}
	for _, accepted := range []struct{ part, expr string }{{"half", half}, {"all", all}} {
		rows = append(rows,
			row{"pktsh sniff -r -w, " + accepted.part + " accepted", "", readFile(times, "pktsh", "sniff", "-r", "%IN", "-w", "%OUT", accepted.expr)},
			row{"tcpdump -r -w, " + accepted.part + " accepted", "tcpdump", readFile(times, "tcpdump", "-Z", "root", "-r", "%IN", "-w", "%OUT", accepted.expr)})
	}
	return subject{name: fmt.Sprintf("filter-%dk", times*filePackets/1000), unit: "s",
		doc:  fmt.Sprintf("a capture file of %d packets of 534 bytes filtered into another, whole process; TMPDIR says on which file system", times*filePackets),
		rows: append(rows, row{"cp", "", readFile(times, "cp", "%IN", "%OUT")}, row{"cat IN > OUT", "", readFile(times, "sh", "-c", "cat %IN > %OUT")})}
}

// readFile times a program that reads the capture, or one as long as some of it.
func readFile(times int, argv ...string) func(*world) (sample, error) {
	return func(w *world) (sample, error) {
		in, err := w.capture(times)
		if err != nil {
			return sample{}, err
		}
		out := w.file("out.pcap")
		if err := os.Remove(out); err != nil && !os.IsNotExist(err) {
			return sample{}, err
		}
		args := append([]string(nil), argv...)
		for i := range args {
			args[i] = strings.NewReplacer("%IN", in, "%OUT", out).Replace(args[i])
		}
		_, took, err := w.run(w.near, args...)
		return sample{value: took.Seconds()}, err
	}
}

// capture makes the file of packets some times over, once.
func (w *world) capture(times int) (name string, err error) {
	name = w.file(fmt.Sprintf("read-%d.pcap", times))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if times == 1 {
		_, _, err = w.run(w.near, "pktsh", "-c", fmt.Sprintf(`w = PcapWriter(%q)
body = b"GET / HTTP/1.1\r\n" * 30
for i in range(%d):
    w.write(Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/IP(src="10.0.%%d.%%d" %% (i %% 4, i %% 250 + 1), dst="10.1.0.1")/TCP(sport=1024 + i %% 1024, dport=80, seq=i, flags="A")/body)
w.close()`, name, filePackets))
	} else {
		err = w.repeat(name, times)
	}
	if err != nil {
		os.Remove(name)
	}
	return name, err
}

// repeat makes a file of the capture's packets again and again.
func (w *world) repeat(name string, times int) error {
	one, err := w.capture(1)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(one)
	if err != nil {
		return err
	}
	const header = 24
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data[:header])
	for range times {
		if err == nil {
			_, err = f.Write(data[header:])
		}
	}
	return errors.Join(err, f.Close())
}
