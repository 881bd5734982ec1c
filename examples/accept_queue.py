# listen(1), and nobody accepts: how many handshakes does the kernel complete, and
# what becomes of the next ones? Each SYN leaves before the ACK of the one before
# it, so that one handshake is under way when the accept queue fills.
#   pktsh examples/accept_queue.py              in a lab of its own
#   sudo pktsh examples/accept_queue.py HOST PORT    against a server that does not accept
import random, sys, time
net = None
if len(sys.argv) > 2:
    host, port = sys.argv[1], int(sys.argv[2])
else:
    net = lab()
    host, port = net.server.ip, 9000
    srv = net.server.socket()
    srv.bind(("", port))
    srv.listen(1)
    before = counters(netns=net.server)
ip, first, most = IP(dst=host), random.randint(20000, 60000), 1000

def states():
    if not net:
        return
    rows = {s.rport - first: s.state for s in sockets(netns=net.server) if first <= s.rport < first + most}
    queue = sockets(port=port, state="LISTEN", netns=net.server)[0]
    print("        server's kernel:", ", ".join("%d %s" % (n, rows[n]) for n in sorted(rows)), "(%d wait for accept)" % queue.recvq)

late = AsyncSniffer(filter="src host %s and src port %d and tcp[13] == 0x12" % (host, port), iface=conf.route.route(host)[0])
late.start()
seqs, last = [], time.time()
for n in range(most):
    sa = sr1(ip/TCP(sport=first + n, dport=port, flags="S", seq=100), timeout=0.5, verbose=0)
    print("%d --> SYN, <-- %s" % (n, sa[TCP].flags if sa else "nothing"))
    states()
    if n > 0:
        print("%d --> ACK" % (n - 1))
        send(ip/TCP(sport=first + n - 1, dport=port, flags="A", seq=101, ack=seqs[-1] + 1), verbose=0)
        last = time.time()
        states()
    if sa is None or sa[TCP].flags != "SA":
        break
    seqs.append(sa.seq)
time.sleep(1.5)
again = [p for p in late.stop() if p.time > last]
for p in again:
    print("%d <-- SYN-ACK again, %.1f s later" % (p.dport - first, p.time - last))
states()
if net:
    change = counters(since=before, netns=net.server)
    print("ListenOverflows %d, ListenDrops %d" % (change["TcpExt.ListenOverflows"], change["TcpExt.ListenDrops"]))
stuck = len({p.dport for p in again})
print("verdict: %d handshakes completed%s; %d ACK found the queue full, and its SYN-ACK came again; the next SYN got %s"
      % (len(seqs) - stuck, " for a backlog of 1" if net else "", stuck, "nothing" if sa is None else sa[TCP].flags))
