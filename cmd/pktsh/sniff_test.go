package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pktsh/sniff/pcapfile"
)

// captures makes two files to try the command on.
func captures(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	_, errText, status := pktsh(t, "", "-c", strings.ReplaceAll(`
syn = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(src="10.0.0.1", dst="10.0.0.2")/TCP(sport=1024, dport=80)
q = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(src="10.0.0.1", dst="10.0.0.3")/UDP(sport=1025, dport=53)/DNS(qd=DNSQR(qname="x.y"))
syn.time, q.time = 1700000000.25, 1700000001.5
q.comment, q.sniffed_on = "odd", "eth0"
wrpcap("DIR/a.pcap", [syn, q]); wrpcap("DIR/b.pcapng", q)`, "DIR", dir))
	if status != 0 {
		t.Fatal(errText)
	}
	return dir
}

func TestSniffCommand(t *testing.T) {
	dir := captures(t)
	full, err := os.ReadFile(filepath.Join(dir, "a.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cut.pcap"), full[:len(full)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	const syn = "Ether / IP / TCP 10.0.0.1:1024 > 10.0.0.2:80 S\n"
	for _, c := range []struct {
		args   string
		out    string
		err    string // part of it
		status int
	}{
		{"-r DIR/a.pcap -nt", syn + "Ether / IP / UDP / DNS Qry b'x.y.'\n", "", 0},
		{"-r DIR/a.pcap -n -tt tcp port 80", "1700000000.250000 " + syn, "", 0},
		{"-nttttt -c1 -rDIR/a.pcap", "0.000000 " + syn, "", 0},
		{"-r DIR/a.pcap -q", "", "", 0},
		{"-r DIR/a.pcap --fields frame.number,IP.dst,tcp.flags,UDP.dport,dport", "1\t10.0.0.2\tS\t\t80\n2\t10.0.0.3\t\t53\t53\n", "", 0},
		{"-r DIR/b.pcapng --fields frame.time,frame.iface,frame.comment,frame.len,dns.qd --separator=;", "1700000001.500000000;eth0;odd;63;DNSQR\n", "", 0},
		{"-r DIR/b.pcapng --fields DNSQR.qname,DNSQR.qtype,qname,DNSRR.rdata", "x.y.\t1\t\t\n", "", 0},
		{"-r DIR/?.pcap* --fields frame.time -c 2 udp", "1700000001.500000000\n1700000001.500000000\n", "", 0},
		{"-r DIR/cut.pcap -nt", syn, "cut.pcap: damaged at byte 94, after 1 packets", 1},
		{"-r DIR/none.pcap", "", "no such file", 1},
		{"-r DIR/a.pcap tcp prt 80", "", "\n    ^^^", 2},
		{"-r DIR/a.pcap --fields tcp.dprt", "", `did you mean "dport"?`, 2},
		{"-r DIR/a.pcap --fields tpc.dport", "", `did you mean "TCP"?`, 2},
		{"-r DIR/a.pcap -w DIR/a.pcap", "", "which is read", 1},
		{"-k", "", "there is no option -k", 2},
		{"-r DIR/a.pcap -i lo", "", "-i and -r together", 2},
		{"-c", "", "-c wants something behind it", 2},
		{"-W 3 -r x", "", "about the files that -w writes", 2},
		{"-d -y RAW ip", "(000) ldb      [0]\n(001) and      #0xf0\n(002) jeq      #0x40            jt 3\tjf 4\n(003) ret      #262144\n(004) ret      #0\n", "", 0},
	} {
		out, errText, status := pktsh(t, "", append([]string{"sniff"}, strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)...)
		if out != c.out || !strings.Contains(errText, c.err) || status != c.status {
			t.Errorf("%s\ngot  %q, status %d, errors %q\nwant %q, status %d, errors with %q", c.args, out, status, errText, c.out, c.status, c.err)
		}
	}
}

func TestSniffCommandJSON(t *testing.T) {
	dir := captures(t)
	out, errText, status := pktsh(t, "", "sniff", "-r", filepath.Join(dir, "b.pcapng"), "--json")
	if status != 0 || !strings.HasPrefix(out, `{"time": 1700000001.500000000, "iface": "eth0", "len": 63, "caplen": 63, "layers": [{"layer": "Ether", `) || strings.Count(out, "\n") != 1 {
		t.Errorf("%q %s", out, errText)
	}
}

// A copy is the file; a filter keeps comments, names and interfaces.
func TestSniffCommandWrites(t *testing.T) {
	dir := captures(t)
	for _, name := range []string{"a.pcap", "b.pcapng"} {
		src := filepath.Join(dir, name)
		want, err := os.ReadFile(src)
		if err != nil {
			t.Fatal(err)
		}
		dst := filepath.Join(dir, "copy-"+name)
		if _, errText, status := pktsh(t, "", "sniff", "-r", src, "-w", dst); status != 0 || !strings.Contains(errText, "packets written to") {
			t.Error(errText)
		}
		if got, _ := os.ReadFile(dst); !bytes.Equal(got, want) {
			t.Errorf("a copy of %s differs:\n% x\n% x", name, got, want)
		}
		out, _, _ := pktsh(t, string(want), "sniff", "-r", "-", "-w", "-")
		if out != string(want) {
			t.Errorf("a copy of %s through pipes differs:\n% x\n% x", name, out, want)
		}
	}
	pattern := filepath.Join(dir, "r.pcap")
	if _, errText, status := pktsh(t, "", "sniff", "-r", filepath.Join(dir, "a.pcap"), "-w", pattern, "-C", "1b", "-W", "5"); status != 0 {
		t.Error(errText)
	}
	if files, _ := filepath.Glob(pattern + "*"); len(files) != 2 || filepath.Base(files[1]) != "r.pcap1" {
		t.Errorf("rotated into %v", files)
	}
}

// Files that are filtered from one form into the same are copied run by run: it shows in
// nothing but the time.
func TestSniffCommandCopies(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	out, errText, status := pktsh(t, "", "-c", strings.ReplaceAll(`
ps = [Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1000 + i % 2, dport=9)/Raw(bytes(i % 1400)) for i in range(3000)]
wrpcap("DIR/in.pcap", ps)
wrpcap("DIR/odd.pcap", ps[1::2])
wrpcap("DIR/first.pcap", ps[1:100:2])`, "DIR", dir))
	if status != 0 {
		t.Fatal(out, errText)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(path(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	whole := read("in.pcap")
	if err := os.WriteFile(path("cut.pcap"), whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	packets := func(name string) string {
		out, errText, _ := pktsh(t, "", "sniff", "-r", path(name), "--fields", "frame.len,UDP.sport")
		if errText != "" {
			t.Error(errText)
		}
		return out
	}
	for _, c := range []struct {
		args, like string
		told       string
		status     int
	}{
		{"-r DIR/in.pcap -w DIR/out.pcap", "in.pcap", "3000 packets written", 0},
		{"-r DIR/in.pcap -w DIR/out.pcap udp src port 1001", "odd.pcap", "1500 packets written", 0},
		{"-r DIR/in.pcap -w DIR/out.pcap -c 50 udp src port 1001", "first.pcap", "50 packets written", 0},
		{"-r DIR/cut.pcap -w DIR/out.pcap udp src port 1001", "", "after 2999 packets: cut short", 1},
	} {
		_, errText, status := pktsh(t, "", append([]string{"sniff"}, strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)...)
		if status != c.status || !strings.Contains(errText, c.told) {
			t.Errorf("%s: status %d, %s; want %q", c.args, status, errText, c.told)
		}
		if c.like != "" && packets("out.pcap") != packets(c.like) {
			t.Errorf("%s: the packets are not those of %s", c.args, c.like)
		}
	}
	if out, _, _ := pktsh(t, "", "sniff", "-r", path("in.pcap"), "-w", path("copy.pcap")); out != "" || !bytes.Equal(read("copy.pcap"), whole) {
		t.Error("a copy of the file differs")
	}
}

// A long stream through pipes takes little memory: 256 MiB of a stream
// that is made as it is read; PKTSH_STREAM_GB asks for more.
func TestSniffCommandMemoryIsConstant(t *testing.T) {
	size := int64(1) << 28
	if gb, err := strconv.Atoi(os.Getenv("PKTSH_STREAM_GB")); err == nil {
		size = int64(gb) << 30
	}
	var one bytes.Buffer
	w, err := pcapfile.NewWriter(&one, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if err := w.Write(&pcapfile.Record{Data: make([]byte, 8900), Nanos: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "sniff", "-r", "-", "--fields", "frame.len", "greater", "8000")
	cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, err = in.Write(one.Bytes())
	for n := int64(0); n < size && err == nil; n += int64(one.Len()) {
		_, err = in.Write(one.Bytes()[24:])
	}
	in.Close()
	if e := cmd.Wait(); e != nil || err != nil {
		t.Fatal(err, e)
	}
	if kib := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; kib > 100<<10 {
		t.Errorf("%d KiB resident for a stream of %d bytes", kib, size)
	}
}

// Live: lines come while it runs, SIGINT ends it with the counts and status 0.
func TestSniffCommandLive(t *testing.T) {
	needLab(t)
	dir := t.TempDir()
	out, errText, status := pktsh(t, "", "-c", strings.ReplaceAll(`
import subprocess, time
net = lab()
p = subprocess.Popen(["sh", "-c", "exec `+program+` sniff -n -t --print -i lab0 -w DIR/x.pcapng udp port 9999 >DIR/out 2>DIR/err"])
def await_text(name):
    for i in range(500):
        try:
            with open("DIR/" + name) as f:
                s = f.read()
        except OSError:
            s = ""
        if s:
            return s
        time.sleep(0.02)
    return "nothing in " + name
print(await_text("err"))
send(IP(dst=net.server.ip)/UDP(sport=9999, dport=9999)/"x", count=3, verbose=0)
print(await_text("out"))
p.send_signal(2)
print(p.wait(), len(rdpcap("DIR/x.pcapng")), rdpcap("DIR/x.pcapng")[0].sniffed_on)
print(await_text("err"))`, "DIR", dir))
	for _, want := range []string{"capturing on lab0", "10.99.0.1:9999 > 10.99.0.2:9999", "0 3 lab0", "3 packets written to", "0 packets dropped by the kernel"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("no %q in %s%s", want, out, errText)
		}
	}
}

// Killed in the midst of a capture it leaves a file whose packets, as far as they go, are
// those that were sent, each whole and in order.
func TestSniffCommandKilled(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, "", "-c", strings.ReplaceAll(`
import subprocess, time
net = lab()
p = subprocess.Popen(["sh", "-c", "exec `+program+` sniff -i lab0 -w DIR/x.pcap udp dst port 9 2>DIR/err"])
for i in range(500):
    try:
        with open("DIR/err") as f:
            if f.read():
                break
    except OSError:
        pass
    time.sleep(0.02)
sent = 0
def there():
    with open("DIR/x.pcap", "rb") as f:
        return len(f.read())
while sent < 500000 and (sent == 0 or there() < 600000):
    send(IP(dst=net.server.ip)/UDP(sport=(1, 5000), dport=9), verbose=0)
    sent += 5000
p.send_signal(9)
status = p.wait()
ports = [q.sport for q in rdpcap("DIR/x.pcap")]
print(status, len(ports) > 1000, len(ports) <= sent, ports == [1 + i % 5000 for i in range(len(ports))])`, "DIR", t.TempDir()))
	if status != 0 || out != "-9 True True True\n" {
		t.Errorf("got %q, status %d, %s", out, status, errText)
	}
}
