package repl

import "testing"

func TestReports(t *testing.T) {
	out, errs, err := runs(t, Options{}, `
net = lab()
l = net.server.socket(); l.bind(("", 7777)); l.listen(5)
print(report_ports(net.server.ip, [7777, 7778], timeout=5, verbose=0), end="")
ans, unans = promiscping(net.server.ip)
print(len(ans), len(unans))
print(is_promisc(net.server.ip), is_promisc(net.server.ip, fake_bcast="02:00:00:00:99:99", timeout=0.2))
IPID_count([IP(id=70)/UDP(), IP(id=20)/UDP(), IP(id=500)/UDP()], funcpres=lambda p: p[UDP].name)
ans, unans = sr(IP(dst=net.server.ip)/ICMP(), verbose=0)
IPID_count(ans, funcID=lambda x: 7, funcpres=lambda x: x.query[ICMP].name)
for bad in (lambda: IPID_count([]), lambda: IPID_count([Ether()]), lambda: sr(IP(), rcv_pks=1), lambda: send(IP(), socket=1)):
    try:
        bad()
    except Exception as e:
        print(e)
print(len(sr(IP(dst=net.server.ip)/ICMP(id=9), verbose=0, prebuild=True, chainEX=True)[0]))
`)
	want := `\begin{tabular}{|r|l|l|}
\hline
7777 & open & SA \\
\hline
7778 & closed & TCP RA \\
\hline
\hline
\end{tabular}
  02:00:00:99:00:02 unknown 10.99.0.2
1 0
True False
Probably 2 classes: [20, 500]
   20 UDP
   70 UDP
  500 UDP
Probably 1 classes: [7]
    7 ICMP
IPID_count(): lst: got [], want one packet at least
IPID_count(): got a member without an IP header; funcID= says where its number is
sr(): rcv_pks=: answers come in by the interfaces that the packets leave by, all of them; AsyncSniffer() listens elsewhere meanwhile
send(): socket: got 1, want a socket of conf.L2socket() or conf.L3socket()
1
`
	if err != nil || out != want || errs != "" {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}
