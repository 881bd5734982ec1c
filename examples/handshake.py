# A TCP handshake, data and a clean close made by hand, then the same without
# the guard: what does this host's own kernel do to a connection it never opened?
#   pktsh examples/handshake.py            in a lab of its own
#   sudo pktsh examples/handshake.py HOST PORT
import sys
from random import randint
net = lab() if len(sys.argv) < 3 else None
host, port = (net.server.ip, 80) if net else (sys.argv[1], int(sys.argv[2]))

def state(sport):
    if net:
        rows = [s.state for s in sockets(port=sport, netns=net.server)]
        print("        server's kernel:", ", ".join(rows) or "no socket")

def say(arrow, p):
    print(arrow, p.summary())

def handshake(sport):
    ip = IP(dst=host)
    syn = ip/TCP(sport=sport, dport=port, flags="S", seq=1000)
    say("-->", syn)
    sa = sr1(syn, timeout=2)
    if sa is None or sa[TCP].flags != "SA":
        print("no SYN-ACK:", sa)
        return None
    say("<--", sa)
    state(sport)
    send(ip/TCP(sport=sport, dport=port, flags="A", seq=1001, ack=sa.seq + 1), verbose=0)
    print("--> ACK")
    state(sport)
    return sa.seq + 1

print("With the guard:")
sport = randint(20000, 30000)
ack = handshake(sport)
alive = False
if ack is not None:
    get = b"GET / HTTP/1.0\r\n\r\n"
    ans, unans = sr(IP(dst=host)/TCP(sport=sport, dport=port, flags="PA", seq=1001, ack=ack)/get, multi=True, timeout=0.5)
    for q, a in ans:
        say("<--", a)
    end = max([a[TCP].seq + len(a[TCP].payload) for q, a in ans if TCP in a] or [ack]) + 1
    fin = sr1(IP(dst=host)/TCP(sport=sport, dport=port, flags="FA", seq=1001 + len(get), ack=end), timeout=1)
    alive = fin is not None and "R" not in fin[TCP].flags
    if fin is not None:
        say("<--", fin)
    state(sport)

print("Without it:")
guard(False)
sport = randint(30001, 40000)
ack = handshake(sport)
guard(True)
probe = sr1(IP(dst=host)/TCP(sport=sport, dport=port, flags="PA", seq=1001, ack=ack or 0)/b"x", timeout=1)
reset = probe is not None and "R" in probe[TCP].flags
print("verdict: with the guard the connection", "lived until we closed it" if alive else "did not live",
      "/ without it", "this host's kernel had reset it" if reset else "it was not reset")
