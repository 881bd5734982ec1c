package main

import (
	"strings"
	"testing"
)

// A conversation out of packets, with what was lost, and messages out of segments.
func TestStreams(t *testing.T) {
	out, errText, status := pktsh(t, `c = IP(src="10.0.0.1", dst="10.0.0.2"); s = IP(src="10.0.0.2", dst="10.0.0.1")
up = dict(sport=4000, dport=80); down = dict(sport=80, dport=4000)
pk = [c/TCP(flags="S", seq=99, **up), s/TCP(flags="SA", seq=499, ack=100, **down)]
pk += [c/TCP(flags="PA", seq=100, ack=500, **up)/"GET / HTT", c/TCP(flags="PA", seq=109, ack=500, **up)/"P/1.0\r\n\r\n"]
pk += [s/TCP(flags="PA", seq=503, ack=118, **down)/"def", c/TCP(flags="A", seq=118, ack=506, **up)]
follow(pk, "10.0.0.2:80")
streams(pk)[0].sent
streams(pk)[0].notes
[p[Raw].load if Raw in p else bytes(p[TCP].payload) for p in sniff(offline=pk, session=TCPSession) if len(p[TCP].payload)]
follow(pk, 81)
`)
	want := `TCP 10.0.0.1:4000 > 10.0.0.2:80: 18 bytes sent, 3 received
> GET / HTTP/1.0
> 
< [3 bytes at offset 3 came ahead of others]
< [3 bytes missing from offset 0: acknowledged, but not captured]
< def
the capture ends
b'GET / HTTP/1.0\r\n\r\n'
['3 bytes at offset 3 came ahead of others', '3 bytes missing from offset 0: acknowledged, but not captured']
[b'GET / HTTP/1.0\r\n\r\n', b'def']
no TCP connection there
`
	if out != want || status != 0 {
		t.Errorf("status %d, got\n%s%s\nwant\n%s", status, out, errText, want)
	}
}

// Fragments are joined on their way, offline and live, and what cannot be is told.
func TestSessionsJoinFragments(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, `net = lab()
big = IP(dst=net.server.ip, id=77)/UDP(sport=9, dport=9)/("X"*3000)
[len(p) for p in sniff(offline=fragment(big)[::-1], session=IPSession)]
[len(p) for p in sniff(offline=fragment(big)[1:], session=IPSession)]
seg = IP(src="10.0.0.1", dst="10.0.0.2")/TCP(sport=4000, dport=80, flags="PA", seq=1)/("GET /" + "a"*900 + " HTTP/1.0\r\n\r\n")
len(streams(fragment(seg, 200))[0].sent)
[p.layers()[0].__name__ for p in sniff(offline=fragment(seg, 200), session=TCPSession(app=True))]
pk = sniff(iface="lab0", filter="udp or ip[6:2] & 0x3fff != 0", session=IPSession, count=1, timeout=5, started_callback=lambda: send(fragment(big), verbose=0))
pk[0][UDP].len, pk[0][Raw].load == b"X"*3000
TCPSession(ap=True)
`)
	want := "[3028]\n[1500, 68]\n918\n['HTTP']\n(3008, True)\n"
	if out != want || status != 1 {
		t.Errorf("status %d, got\n%s%s\nwant\n%s", status, out, errText, want)
	}
	for _, text := range []string{"2 fragments of 1 datagrams were not joined", `unexpected keyword argument "ap"`} {
		if !strings.Contains(errText, text) {
			t.Errorf("no %q among the errors:\n%s", text, errText)
		}
	}
}
