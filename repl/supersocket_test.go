package repl

import (
	"strings"
	"testing"

	"pktsh/lab"
)

// Sockets receive from their opening on, do not see what they send, and stay open
// when sniff() has read from them.
func TestSuperSocket(t *testing.T) {
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	out, _, err := runs(t, Options{}, `
net = lab()
d = net.server.ip
with conf.L2socket(iface="lab0", filter="icmp") as s:
    for i in range(4):
        sendp(Ether()/IP(dst=d)/ICMP(seq=i), socket=s, verbose=0)
    a = sniff(opened_socket=s, count=2, timeout=5)
    a += s.sniff(stop_filter=lambda p: True, timeout=5)
    a.append(s.recv())
    print([(p.name, p[ICMP].type, p[ICMP].seq) for p in a], s)
    print(s.sr1(Ether()/IP(dst=d)/ICMP(seq=9), verbose=0, timeout=5)[ICMP].seq)
print(s, s.closed)
s = conf.L3socket(iface="lab0", filter="icmp")
print(s.send(IP(dst=d)/ICMP()), s.recv().summary())
l = conf.L2listen(iface="lab0", type=ETH_P_ARP)
arping(d, verbose=0)
print([p[ARP].op for p in l.sniff(count=2, timeout=5)])
def fails(f):
    try:
        f()
    except Exception as e:
        print(e)
fails(lambda: l.send(Ether()))
s.close()
fails(lambda: s.recv())
fails(lambda: s.send(IP(dst=d)))
fails(lambda: sniff(opened_socket=s))
fails(lambda: sniff(opened_socket=l, iface="lo"))
fails(lambda: sniff(opened_socket=3))
fails(lambda: send(IP(dst=d), socket=l))
fails(lambda: L2Socket(iface="nope"))
fails(lambda: L2Socket(iface="lab0", type=1<<16))
`)
	want := `[('Ethernet', 0, 0), ('Ethernet', 0, 1), ('Ethernet', 0, 2), ('Ethernet', 0, 3)] <L2Socket: lab0>
9
<L2Socket: closed> True
28 IP / ICMP 10.99.0.2 > 10.99.0.1 echo-reply 0
[1, 2]
L2ListenSocket only receives: conf.L2socket() and conf.L3socket() send
this socket is closed
this socket is closed
this socket is closed
sniff(): iface= is the socket's: give it when the socket is opened
sniff(): opened_socket: got 3, want a socket of conf.L2socket(), conf.L3socket() or conf.L2listen(); several interfaces are iface=[…]
send(): socket: got <L2ListenSocket: lab0>, want a socket of conf.L2socket() or conf.L3socket()
there is no interface "nope"; there are [lo lab0]
L2Socket(): type: got 65536, want an EtherType
`
	if err != nil || out != want {
		t.Errorf("%v, first difference at %q\n%s", err, firstDifference(out, want), out)
	}
}

// firstDifference is where two texts part.
func firstDifference(a, b string) string {
	for line := range strings.Lines(a) {
		rest, ok := strings.CutPrefix(b, line)
		if !ok {
			return line
		}
		b = rest
	}
	return b
}
