# listen(1), and nobody accepts: how many handshakes does the kernel complete,
# and what becomes of the next ones?
#   pktsh examples/accept_queue.py
net = lab()
srv = net.server.socket()
srv.bind(("", 9000))
srv.listen(1)
before = counters(netns=net.server)

complete = 0
for n in range(5):
    sport = 5000 + n
    ip = IP(dst=net.server.ip)
    sa = sr1(ip/TCP(sport=sport, dport=9000, flags="S", seq=100), timeout=0.5)
    if sa is None:
        print("SYN", n, "got no answer")
        continue
    print("<--", sa.summary())
    send(ip/TCP(sport=sport, dport=9000, flags="A", seq=101, ack=sa.seq + 1), verbose=0)
    rows = sockets(port=sport, netns=net.server)
    for r in rows:
        print("   ", r)
        if r.state == "ESTABLISHED":
            complete += 1

for r in sockets(port=9000, state="LISTEN", netns=net.server):
    print("queue:", r.recvq, "wait for accept(),", r.sendq, "may")

again = sniff(filter="tcp[tcpflags] == tcp-syn|tcp-ack and port 9000", iface="lab0", timeout=2.5)
for p in again:
    print("again:", p.summary())
change = counters(since=before, netns=net.server)
print("ListenOverflows", change["TcpExt.ListenOverflows"], "ListenDrops", change["TcpExt.ListenDrops"])
print("verdict:", complete, "handshakes completed for a backlog of 1;", len(again),
      "SYN-ACKs were sent again to those that the queue had no room for")
