package main

import "testing"

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
