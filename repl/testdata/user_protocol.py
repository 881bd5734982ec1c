# A protocol that a script defines, as under Scapy 2.5, whose output is beside this file.
from scapy.all import *
import struct

class Rec(Packet):
    name = "A record"
    fields_desc = [ByteField("t", 1),
                   FieldLenField("l", None, length_of="v", fmt="B"),
                   StrLenField("v", b"", length_from=lambda pkt: pkt.l)]
    def extract_padding(self, s):
        return b"", s

class Multi(Packet):
    """What stands in the class's doc."""
    name = "Multi"
    kinds = {0: "plain", 1: "long", 2: "reply"}
    fields_desc = [ByteEnumField("kind", 0, kinds),
                   BitField("a", 1, 3), BitField("b", 2, 13),
                   FlagsField("fl", "X+Z", 8, ["X", "Y", "Z", "r3", "r4", "r5", "r6", "r7"]),
                   FieldLenField("n", None, count_of="recs", fmt="B"),
                   ConditionalField(IntField("extra", 5), lambda pkt: pkt.kind == 1),
                   PacketListField("recs", [], Rec, count_from=lambda p: p.n),
                   LenField("plen", None, fmt="H"),
                   XShortField("sum", None),
                   FieldListField("hops", [], IPField("", "0.0.0.0"), count_from=lambda p: 2),
                   LEShortField("le", 258), StrNullField("s", b"abc"),
                   MACField("m", "02:00:00:00:00:01"), IP6Field("six", "::1"),
                   StrFixedLenField("fix", b"ab", 4), IPField("four", "10.1.2.3")]
    def post_build(self, p, pay):
        if self.sum is None:
            i = len(p) - 42 - len(self.s)
            p = p[:i] + struct.pack("!H", checksum(p + pay)) + p[i + 2:]
        return p + pay
    def mysummary(self):
        return self.sprintf("multi %Multi.kind% %Multi.le%")
    def answers(self, other):
        return self.kind == 2 and other.a == self.a
    def hashret(self):
        return struct.pack("!B", self.a)

class Next(Packet):
    name = "Next"
    fields_desc = [ShortEnumField("code", 1, {1: "one", 2: "two"}), LEIntField("x", 0x01020304), XByteField("y", 0xab)]

bind_layers(UDP, Multi, dport=7777)
bind_layers(Multi, Next, kind=1)

ip = IP(src="1.1.1.1", dst="2.2.2.2")/UDP(sport=1, dport=7777)
for m in (Multi(kind=1, recs=[Rec(v=b"ab"), Rec(t=2, v=b"xyz")], hops=["1.2.3.4", "5.6.7.8"]),
          Multi(kind="reply", hops=["9.9.9.9", "8.8.8.8"], fl="Y", n=0, s=b"", le=1)):
    p = ip/m/Next(code=2)
    b = raw(p)
    print(bytes_hex(b))
    q = IP(b)
    print(raw(q) == b, [l.__name__ for l in q.layers()])
    print(q.summary())
    print(q[Multi].kind, q[Multi].n, q[Multi].plen, q[Multi].le, q[Multi].s, str(q[Multi].fl), q[Multi].b)
    print([(r.t, r.l, r.v) for r in q[Multi].recs], q[Multi].hops, q[Multi].fix)
    print(Rec in q, Next in q)
print(repr(Next(code=2)), repr(Next()/b"x"))
Next(y=1).show()
ls(Next)
print(Multi(kind=2, a=5) > Multi(a=5), Multi(kind=2, a=5).answers(Multi(a=4)), Multi(a=5).hashret())
print(len(list(Next(code=(1, 4), y=[1, 2]))))
print(Next(code=2, y=7).command())
print(bytes_hex(raw(Multi(extra=9, kind=1)))[:20], Multi().extra, Multi(kind=1).extra)
print((UDP()/Multi()).dport, type(UDP(dport=7777).guess_payload_class(b"")) == type(Multi))
