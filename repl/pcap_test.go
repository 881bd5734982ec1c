package repl

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// runIn runs a script in a directory of its own, with DIR its path, and gives what
// it printed.
func runIn(t *testing.T, dir, src string) (out, warnings string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	s := New(Options{Stdout: &o, Stderr: &e})
	err = s.Run(context.Background(), "<test>", strings.ReplaceAll(src, "DIR", dir))
	s.Close()
	return o.String(), strings.ReplaceAll(e.String(), dir, "DIR"), err
}

// Each script is one use of capture files, and what it prints.
func TestCaptureFiles(t *testing.T) {
	const head = `
ip = IP(src="1.2.3.4", dst="5.6.7.8")/TCP(dport=80)
eth = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(src="1.2.3.4", dst="5.6.7.8")/UDP()
v6 = IPv6(src="::1", dst="::2")/UDP()
ip.time, eth.time = 1700000000.25, 1700000001.5
`
	for _, c := range []struct{ name, src, out, warn string }{
		{"names", `wrpcap("DIR/x.pcap", [ip, ip]); print(rdpcap("DIR/x.pcap"), rdpcap("DIR/x.pcap", 1), rdpcap("DIR/x.pcap", count=0))`,
			"<x.pcap: TCP:2 UDP:0 ICMP:0 Other:0> <x.pcap: TCP:1 UDP:0 ICMP:0 Other:0> <x.pcap: TCP:0 UDP:0 ICMP:0 Other:0>\n", ""},
		{"what a packet says survives pcapng", `
eth.comment, eth.sniffed_on, eth.wirelen = "look", "eth7", 1500
for f in ("DIR/x.pcapng", "DIR/y.pcapng.zst"):
    wrpcapng(f, [ip, eth])
    a, b = rdpcap(f)
    print(a.time, a.sniffed_on, a.comment, a.layers()[0].__name__, b.time, b.sniffed_on, b.comment, b.wirelen, raw(b) == raw(eth))
b.comments = ["one", b"two"]
wrpcap("DIR/z.pcapng", b)
print(rdpcap("DIR/z.pcapng")[0].comments)`,
			strings.Repeat("1700000000.25 None None IP 1700000001.5 eth7 b'look' 1500 True\n", 2) + "[b'one', b'two']\n", ""},
		{"comments have no room in pcap", `eth.comment = "x"; wrpcap("DIR/x.pcap", eth)`, "", "the comments of 1 packets are not in it"},
		{"link types that disagree", "try:\n    wrpcap(\"DIR/x.pcap\", [ip, eth, eth])\nexcept ValueError as e:\n    print(e)",
			"wrpcap(): the packets begin with different headers, 1 with IP, 2 with Ether: a pcap file has one link type for all; write a .pcapng file, or choose with linktype=\n", ""},
		{"both kinds of IP agree", `wrpcap("DIR/x.pcap", [ip, v6]); print(PcapReader("DIR/x.pcap").linktype, [p.summary() for p in rdpcap("DIR/x.pcap")][1])`, "101 IPv6 / UDP ::1:domain > ::2:domain\n", ""},
		{"link type by number, name and layer", `
wrpcap("DIR/x.pcap", ip, linktype=12); print(PcapReader("DIR/x.pcap").linktype)
wrpcap("DIR/x.pcap", ip, linktype="RAW"); print(PcapReader("DIR/x.pcap").linktype)
wrpcap("DIR/x.pcap", CookedLinux()/IP()); print(PcapReader("DIR/x.pcap").linktype)
wrpcap("DIR/x.pcap", CookedLinuxV2()/IP()); print(PcapReader("DIR/x.pcap").linktype, rdpcap("DIR/x.pcap")[0].layers()[0].__name__)
wrpcap("DIR/x.pcap", Loopback()/IP()); print(PcapReader("DIR/x.pcap").linktype)`, "12\n101\n113\n276 CookedLinuxV2\n0\n", ""},
		{"nano, endianness, snaplen, append", `
ip.time = 1700000000.0000005
wrpcap("DIR/x.pcap", ip, endianness=">"); r = PcapReader("DIR/x.pcap"); print(r.endian, r.nano, "%.7f" % r.read_packet().time)
wrpcap("DIR/x.pcap", ip, nano=True); r = PcapReader("DIR/x.pcap"); print(r.endian, r.nano, r.read_packet().time == ip.time)
wrpcap("DIR/x.pcap", ip, nano=True, append=True); print(len(rdpcap("DIR/x.pcap")))
wrpcap("DIR/x.pcap", eth, snaplen=20); p = rdpcap("DIR/x.pcap")[0]; print(len(p), p.wirelen)`, "> False 1700000000.0000000\n< True True\n2\n20 42\n", "1 packets were cut to snaplen"},
		{"blocks that ask not to be copied", `
import struct
wrpcapng("DIR/x.pcapng", eth)
with open("DIR/x.pcapng", "ab") as f: x = f.write(struct.pack("<IIIII", 0x40000bad, 20, 1, 2, 20))
wrpcapng("DIR/y.pcapng", rdpcap("DIR/x.pcapng")); print(len(rdpcap("DIR/y.pcapng")))`, "1\n", "DIR/y.pcapng: 1 blocks that stood beside packets are not in it: custom blocks that ask not to be copied"},
		{"endianness of pcapng", "try:\n    wrpcap(\"DIR/x.pcapng\", ip, endianness=\">\")\nexcept Exception as e:\n    print(e)", "wrpcap(): pcapng files are written little-endian, which every reader takes: leave endianness= out\n", ""},
		{"readers and writers", `
with PcapWriter("DIR/x.pcap.gz", sync=True) as w:
    w.write(eth); w.write([eth, eth]); w.write_packet(raw(eth)); w.flush()
with PcapReader("DIR/x.pcap.gz") as r:
    print(r.read_packet().summary(), len(r.read_all(2)), [len(p) for p in r])
    try:
        r.read_packet()
    except EOFError:
        print("end")
data, meta = RawPcapReader("DIR/x.pcap.gz").read_packet()
print(data == raw(eth), meta.sec, meta.usec, meta.wirelen, meta.caplen)
with PcapNgWriter("DIR/x.pcapng") as w:
    w.write(ip); w.write(eth)
print(len(PcapNgReader("DIR/x.pcapng").read_all()))`, "Ether / IP / UDP 1.2.3.4:domain > 5.6.7.8:domain 2 [42]\nend\nTrue 1700000001 500000 42 42\n2\n", ""},
		{"sniff offline", `
wrpcap("DIR/a.pcap", [eth, eth]); wrpcap("DIR/b.pcap", ip)
print([p.time for p in sniff(offline=["DIR/a.pcap", "DIR/b.pcap"])])
print(sniff(offline="DIR/?.pcap", filter="tcp"), [p.sniffed_on for p in sniff(offline={"DIR/a.pcap": "left", "DIR/b.pcap": "right"})])
print(sniff(offline="DIR/a.pcap", count=1, store=False, prn=lambda p: p.dport))`, "[1700000000.25, 1700000001.5, 1700000001.5]\n<Sniffed: TCP:1 UDP:0 ICMP:0 Other:0> ['right', 'left', 'left']\n53\n<Sniffed: TCP:0 UDP:0 ICMP:0 Other:0>\n", ""},
		{"damage keeps what is before it", `
wrpcap("DIR/x.pcap", [eth, eth])
with open("DIR/x.pcap", "rb") as f: b = f.read()
with open("DIR/x.pcap", "wb") as f: x = f.write(b[:-5])
print(rdpcap("DIR/x.pcap"), len(list(PcapReader("DIR/x.pcap"))))`, "<x.pcap: TCP:0 UDP:1 ICMP:0 Other:0> 1\n", "DIR/x.pcap: damaged at byte 82, after 1 packets: cut short: 37 of a packet's 42 bytes"},
		{"no capture file", "for f in (\"DIR/none.pcap\", \"DIR\"):\n    try:\n        rdpcap(f)\n    except OSError as e:\n        print(type(e).__name__)", "FileNotFoundError\nOSError\n", ""},
		{"a layer without a link type", "try:\n    wrpcap(\"DIR/x.pcap\", TCP())\nexcept ValueError as e:\n    print(e)", "wrpcap(): packet 0: a packet that begins with TCP: no link type says so; put Ether() or IP() in front, or give linktype=\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, warnings, err := runIn(t, t.TempDir(), head+c.src)
			if err != nil || out != c.out || !strings.Contains(warnings, c.warn) || (c.warn == "") != (warnings == "") {
				t.Errorf("got  %q\nwant %q\nwarnings %q, want %q; %v", out, c.out, warnings, c.warn, err)
			}
		})
	}
}

// What a pcapng file says beside its packets comes through a list of them.
func TestPcapNGThroughAList(t *testing.T) {
	golden, err := filepath.Abs("../sniff/pcapfile/testdata/rich.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	out, warnings, err := runIn(t, t.TempDir(), `
wrpcapng("DIR/x.pcapng", rdpcap("`+golden+`"))
a, b = PcapReader("`+golden+`"), PcapReader("DIR/x.pcapng")
print(len(a.read_all()), len(b.read_all()), a.interfaces == b.interfaces, [(i["name"], i["dropped"]) for i in b.interfaces])
wrpcapng("DIR/y.pcapng", rdpcap("DIR/x.pcapng"))
with open("DIR/x.pcapng", "rb") as f: x = f.read()
with open("DIR/y.pcapng", "rb") as f: y = f.read()
print(x == y, b"server.x" in y, b"whole file" in y)`)
	if err != nil || warnings != "" || out != "3 3 True [('eth0', 17), ('any', None)]\nTrue True True\n" {
		t.Errorf("got %q, warnings %q, %v", out, warnings, err)
	}
}
