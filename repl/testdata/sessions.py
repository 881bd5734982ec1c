# Sessions as objects, and classes of them. What Scapy 2.5 has prints the same under it.
from scapy.all import *
class Line(Packet):
    fields_desc = [ShortField("size", 0), StrLenField("text", b"", length_from=lambda p: p.size)]
    def extract_padding(self, s):
        return b"", s
    @classmethod
    def tcp_reassemble(cls, data, metadata, session):
        if len(data) < 2 or len(data) < 2 + struct.unpack("!H", data[:2])[0]:
            return None
        return cls(data, text=b"%s from %d" % (data[2:], metadata["seq"]))
bind_layers(TCP, Line, dport=7000)
def seg(seq, data, flags="A"):
    return IP(bytes(IP(src="10.0.0.1", dst="10.0.0.2")/TCP(sport=1234, dport=7000, seq=seq, ack=1, flags=flags)/Raw(data)))
def parts():
    return [seg(10, b"\0\5he"), seg(14, b"llo")]

class Counting(TCPSession):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = 0
    def on_packet_received(self, pkt):
        self.seen += 1
        super().on_packet_received(pkt)
class Marking(DefaultSession):
    def on_packet_received(self, pkt):
        pkt.ttl = 7
        DefaultSession.on_packet_received(self, pkt)
c = Counting(prn=lambda p: p.summary(), store=True)
for p in parts():
    c.on_packet_received(p)
print(c.seen, c.count, c.toPacketList(), c.lst[0][TCP].seq, c.lst[0].text)
print([(p[TCP].seq, p.text) for p in sniff(offline=parts(), session=TCPSession)])
x = Counting()
print(sniff(offline=parts(), session=x), x.seen, x.count, isinstance(x, TCPSession), isinstance(x, IPSession), isinstance(x, Marking))
print([p.ttl for p in sniff(offline=parts(), session=Marking)])
d = DefaultSession(prn=lambda p: p.summary())
d.on_packet_received(parts()[0])

# What Scapy has since 2.6, and what it has not.
s = TCPSession()
print([bytes(p[TCP].payload) if p else p for p in map(s.process, parts())])
print(s.process(seg(19, b"\0\5pa")), [bytes(p[TCP].payload) for p in s.flush()])
class Upper(TCPSession):
    def process(self, pkt):
        p = super(Upper, self).process(pkt)
        if p is not None:
            p.text = p.text.upper()
        return p
u = Upper(store=True)
for p in parts():
    u.on_packet_received(p)
print(u.lst[0].text, [p.text for p in sniff(offline=parts(), session=Upper)])
print([type(p).__name__ for p in sniff(offline=parts(), session=TCPSession, session_kwargs={"app": True})])

# A class that is defined while packets go through.
def define(p):
    class Late(Packet):
        fields_desc = [StrField("text", b"")]
        @classmethod
        def tcp_reassemble(cls, data, metadata, session):
            return cls(data) if metadata.get("tcp_psh") else None
    bind_layers(TCP, Late, dport=7001)
def late(data, seq, flags):
    return IP(bytes(IP()/TCP(dport=7001, seq=seq, flags=flags)/Raw(data)))
s = TCPSession()
s.process(late(b"x", 1, "A"))
define(None)
s = TCPSession()
print(s.process(late(b"ab", 1, "A")), s.process(late(b"cd", 3, "PA")).text)
for code in (lambda: TCPSession(supersession=s), lambda: IPSession(app=True), lambda: s.process(1), lambda: sniff(offline=[], session=TCPSession, session_kwargs=1)):
    try:
        code()
    except TypeError as e:
        print(e)
try:
    class Bad(TCPSession):
        def recv(self, sock):
            pass
except TypeError as e:
    print(e)
