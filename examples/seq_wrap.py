# The sequence number wraps to 0 inside a connection: is the data on both sides
# of the wrap acknowledged?
#   pktsh examples/seq_wrap.py
net = lab()
srv = net.server.socket()
srv.bind(("", 9000))
srv.listen(1)
isn = 4294967292
ip = IP(dst=net.server.ip)
sport = 6000

def show(p):
    print("<--", p.summary(), "seq", p[TCP].seq, "ack", p[TCP].ack)

sa = sr1(ip/TCP(sport=sport, dport=9000, flags="S", seq=isn), timeout=1)
show(sa)
send(ip/TCP(sport=sport, dport=9000, flags="A", seq=isn + 1, ack=sa.seq + 1), verbose=0)
conn, peer = srv.accept()
first = sr1(ip/TCP(sport=sport, dport=9000, flags="PA", seq=isn + 1, ack=sa.seq + 1)/b"abc", timeout=1)
show(first)
second = sr1(ip/TCP(sport=sport, dport=9000, flags="PA", seq=0, ack=sa.seq + 1)/b"def", timeout=1)
show(second)
data = b""
while len(data) < 6:
    data += conn.recv(100)
print("the server read", data)
for s in sockets(port=sport, netns=net.server):
    print("   ", s)
ok = first.ack == 0 and second.ack == 3 and data == b"abcdef"
print("verdict: the wrap was", "acknowledged: 0, then 3" if ok else "not handled: ack %d, then %d" % (first.ack, second.ack))
