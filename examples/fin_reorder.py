# The server closes; our ACK of its FIN goes out first and our own FIN, with the
# old ack number, 100 ms later, as if the network had swapped them. Is the late
# FIN acknowledged (ack = FIN+1), or answered with a challenge ACK and ignored?
# Linux before "tcp: accept old ack during closing" ignores it after shutdown().
#   pktsh examples/fin_reorder.py
import time
net = lab()

def run(how, sport):
    print("server closes by", how)
    srv = net.server.socket()
    srv.bind(("", sport + 1000))
    srv.listen(1)
    tcp = dict(sport=sport, dport=sport + 1000)
    ip = IP(dst=net.server.ip)
    sa = sr1(ip/TCP(flags="S", seq=1000, **tcp), timeout=1)
    send(ip/TCP(flags="A", seq=1001, ack=sa.seq + 1, **tcp), verbose=0)
    conn, peer = srv.accept()
    close = conn.close if how == "close()" else lambda: conn.shutdown(2)
    got = sniff(filter="src port %d" % (sport + 1000), iface="lab0", count=1, timeout=1, started_callback=close)
    fin = got[0][TCP]
    print("  <--", fin.summary())
    start = time.time()

    def state(what):
        rows = [s.state for s in sockets(port=sport, netns=net.server) if s.state != "LISTEN"]
        print("  %5.0f ms  %-28s server: %s" % ((time.time() - start) * 1000, what, ", ".join(rows) or "no socket"))

    state("its FIN has arrived")
    send(ip/TCP(flags="A", seq=1001, ack=fin.seq + 1, **tcp), verbose=0)
    state("our ACK of it went first")
    time.sleep(0.1)
    r = sr1(ip/TCP(flags="FA", seq=1001, ack=fin.seq, **tcp), timeout=1)
    state("our FIN with the old ack")
    if r is None:
        verdict = "not answered"
    elif r[TCP].ack == 1002:
        verdict = "acknowledged"
    else:
        verdict = "ignored, with a challenge ACK of %d" % r[TCP].ack
    if r is not None:
        print("  <--", r.summary(), "ack", r[TCP].ack)
    conn.close()
    return verdict

a = run("shutdown(SHUT_RDWR)", 7000)
b = run("close()", 7100)
print("verdict: after shutdown the late FIN was", a, "/ after close it was", b)
