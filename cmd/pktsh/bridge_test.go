package main

import (
	"strings"
	"testing"
)

// A person in the middle of two kernels.
func TestMiddle(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, `net = lab(middle=True)
net.middle
ping = lambda **k: sr1(IP(dst=net.server.ip)/ICMP(**k), timeout=0.4, verbose=0)
r = net.middle.drop("icmp", src="client")
ping() is None, ping().summary()
r
def fn(p):
    p[ICMP].id = 77
    del p[ICMP].chksum
    return [p]

r = net.middle.rewrite("icmp", fn, src="client", count=1)
ping(id=5), r.hits, r.packets[0][ICMP].id
h = net.middle.hold("icmp[0] == 8", until="udp port 9")
send(IP(dst=net.server.ip)/ICMP(seq=[1, 2, 3]), verbose=0)
h.wait(3, timeout=5), h.held, len(net.middle.rules())
pk = sniff(filter="icmp[0] == 0", iface="lab0", count=3, timeout=5, started_callback=lambda: send(IP(dst=net.server.ip)/UDP(dport=9), verbose=0))
[p[ICMP].seq for p in pk], h.over
h = net.middle.hold("icmp")
send(IP(dst=net.server.ip)/ICMP(), verbose=0)
h.wait(1, timeout=5), h.release(), h.wait(2, timeout=0.01), net.middle.rules()
d = net.middle.duplicate("icmp[0] == 8", copies=2)
pk = sniff(filter="icmp[0] == 0", iface="lab0", count=3, timeout=5, started_callback=lambda: send(IP(dst=net.server.ip)/ICMP(seq=9), verbose=0))
[p[ICMP].seq for p in pk]
echo = Ether(src=net.client.mac, dst=net.server.mac)/IP(src=net.client.ip, dst=net.server.ip)/ICMP(seq=12)
pk = sniff(filter="icmp", iface="lab0", count=1, timeout=5, started_callback=lambda: net.middle.inject(echo, "server"))
pk[0].summary()
d = net.middle.delay("icmp", 60, src="server")
ping(), d.wait(1, timeout=5), len(net.middle.rules())
net.middle.clear()
net.middle.drop(src="nobody")
net.middle.drop("tcp prot 80")
bad = net.middle.rewrite("icmp", lambda p: net.middle.clear())
ping()
net.middle.clear()
ping().summary()
`)
	want := `<host middle between client and server>
(True, 'IP / ICMP 10.99.0.2 > 10.99.0.1 echo-reply 0')
<rule drop icmp from client: 1 of 1 packet, over>
(None, 1, 5)
(True, 3, 1)
([1, 2, 3], True)
(True, 1, False, [])
[9, 9, 9]
'Ether / IP / ICMP 10.99.0.2 > 10.99.0.1 echo-reply 0'
(None, True, 1)
'IP / ICMP 10.99.0.2 > 10.99.0.1 echo-reply 0'
`
	if out != want {
		t.Errorf("got\n%s%s\nwant\n%s", out, errText, want)
	}
	if status != 1 {
		t.Errorf("status %d, want 1 for the two errors", status)
	}
	for _, text := range []string{`want "client" or "server"`, `did you mean "port"?`, "clear() inside a rule's function"} {
		if !strings.Contains(errText, text) {
			t.Errorf("no %q among the errors:\n%s", text, errText)
		}
	}
}

// bridge_and_sniff in the place of the lab's own bridge.
func TestBridgeAndSniff(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, `net = lab(router=True)
def answer(p):
    p[IP].ttl = 9
    del p[IP].chksum
    return ARP not in p and p

src = Ether(src=net.client.mac, dst="02:00:00:99:00:fe")/IP(src=net.client.ip, dst="10.99.0.99")/ICMP()
job = AsyncSniffer(filter="icmp and dst 10.99.0.99", iface="lab0", count=1, timeout=10, netns=net.server)
job.start()
pk = bridge_and_sniff("lab0", "lab1", xfrm12=answer, filter="icmp", count=1, timeout=5, netns=net.router, started_callback=lambda: sendp(src, iface="lab0", verbose=0))
pk
job.join(); job.results[0].ttl
bridge_and_sniff("lab0", "lab0", netns=net.router)
bridge_and_sniff("lab0", "nosuch", netns=net.router)
len(bridge_and_sniff("lab0", "lab1", store=False, timeout=0.05, netns=net.router))
`)
	want := "<Sniffed: TCP:0 UDP:0 ICMP:1 Other:0>\n9\n0\n"
	if out != want || status != 1 {
		t.Errorf("status %d, got\n%s%s\nwant\n%s", status, out, errText, want)
	}
}
