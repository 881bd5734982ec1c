# The sequence number wraps to 0 inside a connection: is the data on both sides
# of the wrap acknowledged?
#   pktsh examples/seq_wrap.py                   in a lab of its own
#   sudo pktsh examples/seq_wrap.py HOST PORT    against a server that reads what it gets
import random, sys
net = None
if len(sys.argv) > 2:
    host, port = sys.argv[1], int(sys.argv[2])
else:
    net = lab()
    host, port = net.server.ip, 9000
    srv = net.server.socket()
    srv.bind(("", port))
    srv.listen(1)
isn = 4294967292
ip, sport = IP(dst=host), random.randint(20000, 60000)

def show(arrow, p):
    print(arrow, p.sprintf("%TCP.flags% seq %TCP.seq% ack %TCP.ack%"), "len", len(p[TCP].payload))

def say(**fields):
    data = fields.pop("data", b"")
    p = ip/TCP(sport=sport, dport=port, **fields)/data
    show("-->", p)
    r = sr1(p, timeout=2, verbose=0)
    if r is None:
        sys.exit("no answer")
    show("<--", r)
    if net:
        print("        server's kernel:", ", ".join("%s, %d bytes to read" % (s.state, s.recvq) for s in sockets(port=sport, netns=net.server)))
    return r

sa = say(flags="S", seq=isn)
send(ip/TCP(sport=sport, dport=port, flags="A", seq=isn + 1, ack=sa.seq + 1), verbose=0)
first = say(flags="PA", seq=isn + 1, ack=sa.seq + 1, data=b"abc")
second = say(flags="PA", seq=0, ack=sa.seq + 1, data=b"def")
ok = first.ack == 0 and second.ack == 3
if net:
    conn, peer = srv.accept()
    data = conn.recv(100)
    print("the server read", data)
    ok = ok and data == b"abcdef"
print("verdict: the wrap was", "acknowledged: 0, then 3" if ok else "not handled: ack %d, then %d" % (first.ack, second.ack))
