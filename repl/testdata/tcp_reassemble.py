# A class that says where its messages end in a stream.
from scapy.all import *
class Line(Packet):
    fields_desc = [ShortField("size", 0), StrLenField("text", b"", length_from=lambda p: p.size)]
    def extract_padding(self, s):
        return b"", s
    @classmethod
    def tcp_reassemble(cls, data, metadata, session):
        if len(data) < 2 or len(data) < 2 + struct.unpack("!H", data[:2])[0]:
            return None
        if data[2:5] == b"bad":
            return "text"
        return cls(data)
class Prefix(Line):
    @classmethod
    def tcp_reassemble(cls, data, metadata, session):
        n = 2 + struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 3
        return cls(data[:n]) if len(data) >= n else None
# Lasts until its sender ends it.
class Rest(Packet):
    fields_desc = [StrField("text", b"")]
    @classmethod
    def tcp_reassemble(cls, data, metadata, session):
        if not metadata.get("tcp_end"):
            metadata["calls"] = metadata.get("calls", 0) + 1
            return None
        session["n"] = session.get("n", 0) + 1
        return cls(b"%d %d " % (session["n"], metadata["calls"]) + data)
for port, c in ((7000, Line), (7001, Prefix), (7002, Rest)):
    bind_layers(TCP, c, dport=port)
    bind_layers(TCP, c, sport=port)

def seg(port, seq, data, flags="A", back=False):
    ip, tcp = IP(src="10.0.0.1", dst="10.0.0.2"), TCP(sport=1234, dport=port, seq=seq, ack=1, flags=flags)
    if back:
        ip, tcp = IP(src=ip.dst, dst=ip.src), TCP(sport=port, dport=1234, seq=seq, ack=1, flags=flags)
    p = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/ip/tcp
    return Ether(bytes(p/Raw(data) if data else p).ljust(60, b"\0"))
def texts(pkts, session=TCPSession):
    return [[l.__name__ for l in p.layers()][-1:] + [p.text if hasattr(p, "text") else bytes(p[TCP].payload)] for p in sniff(offline=pkts, session=session)]
stream = b"".join(struct.pack("!H", len(t)) + t for t in (b"hello", b"", b"a longer line of text", b"x"))
for port in 7000, 7001:
    s = [seg(port, 1 + i, stream[i:i+5]) for i in range(0, len(stream), 5)]
    whole = texts(s)
    print(whole)
    print(texts([seg(port, 1, stream)]) == whole, texts([s[0], s[2], s[1]] + s[3:]) == whole)
    print(texts([s[0], s[0], s[1], s[3], s[2], s[2]] + s[4:]) == whole)
    print(texts(s[:3]))
    print([type(p).__name__ for p in sniff(offline=s, session=TCPSession(app=True))])
print(texts([seg(7002, 1, b"ab"), seg(7002, 1, b"cd", back=True), seg(7002, 3, b"ef"), seg(7002, 3, b"", "FA", back=True), seg(7002, 5, b"", "FA")]))
try:
    texts([seg(7000, 1, b"\0\3bad")])
except TypeError as e:
    print(e)
