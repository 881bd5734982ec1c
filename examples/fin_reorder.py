# The server closes; our ACK of its FIN goes out first and our own FIN, with the
# old ack number, 100 ms later, as if the network had swapped them. Is the late
# FIN acknowledged (ack = FIN+1), or answered with a challenge ACK and ignored?
# Linux before "tcp: accept old ack during closing" ignores it after shutdown().
#   pktsh examples/fin_reorder.py                   in a lab of its own
#   sudo pktsh examples/fin_reorder.py HOST PORT    against a web server, which closes when it has answered
import random, sys, time
net = lab() if len(sys.argv) < 3 else None
host = net.server.ip if net else sys.argv[1]

def run(how, sport):
    print("server closes by", how)
    port = sport + 1000 if net else int(sys.argv[2])
    if net:
        srv = net.server.socket()
        srv.bind(("", port))
        srv.listen(1)
    ip, tcp = IP(dst=host), dict(sport=sport, dport=port)
    sa = sr1(ip/TCP(flags="S", seq=1000, **tcp), timeout=1)
    ack = ip/TCP(flags="A", seq=1001, ack=sa.seq + 1, **tcp)
    get = b"" if net else b"GET / HTTP/1.0\r\n\r\n"
    close, seq = lambda: send(ack/get, verbose=0), 1001 + len(get)
    if net:
        send(ack, verbose=0)
        conn, peer = srv.accept()
        close = conn.close if how == "close()" else lambda: conn.shutdown(2)
    got = sniff(filter="src host %s and src port %d and dst port %d and tcp[13] & 1 != 0" % (host, port, sport),
                iface=conf.route.route(host)[0], count=1, timeout=2, started_callback=close)
    fin = got[0][TCP]
    end = fin.seq + len(fin.payload)
    print("  <--", fin.summary())
    start = time.time()

    def state(what):
        rows = [s.state for s in sockets(port=sport, netns=net.server) if s.state != "LISTEN"] if net else ["?"]
        print("  %5.0f ms  %-28s server: %s" % ((time.time() - start) * 1000, what, ", ".join(rows) or "no socket"))

    state("its FIN has arrived")
    send(ip/TCP(flags="A", seq=seq, ack=end + 1, **tcp), verbose=0)
    state("our ACK of it went first")
    time.sleep(0.1)
    r = sr1(ip/TCP(flags="FA", seq=seq, ack=end, **tcp), timeout=1)
    state("our FIN with the old ack")
    if net:
        conn.close()
    if r is None:
        return "not answered"
    print("  <--", r.summary(), "ack", r[TCP].ack)
    return "acknowledged" if r[TCP].ack == seq + 1 else "ignored, with a challenge ACK of %d" % r[TCP].ack

base = random.randint(10000, 60000)
if net:
    a, b = run("shutdown(SHUT_RDWR)", base), run("close()", base + 1)
    print("verdict: after shutdown the late FIN was", a, "/ after close it was", b)
else:
    print("verdict: the late FIN was", run("itself", base))
