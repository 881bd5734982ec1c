from scapy.all import *
def hexes(*ps): print(" ".join(bytes_hex(raw(p)).decode() for p in ps))
# A field whose type depends on another.
class Reading(Packet):
    name = "Reading"
    fields_desc = [ByteEnumField("kind", 0, {0: "none", 1: "byte", 2: "addr", 3: "text"}),
                   MultipleTypeField([(ByteField("v", 7), lambda pkt: pkt.kind == 1), (IPField("v", "192.0.2.1"), lambda pkt: pkt.kind == 2), (StrField("v", "hi"), lambda pkt: pkt.kind == 3)], IntField("v", 9))]
hexes(*[Reading(kind=k) for k in range(4)])
hexes(Reading(kind=2, v="198.51.100.4"), Reading(kind="byte", v=1))
print([Reading(raw(Reading(kind=k))).v for k in (0, 1, 2)], Reading(kind=1).v)
Reading(b"\x02\xc0\x00\x02\x63").show()
# Numbers.
class Numbers(Packet):
    fields_desc = [SignedByteField("a", -1), SignedShortField("b", -2), SignedIntField("c", -3), SignedLongField("d", 4), LESignedShortField("e", -5), LESignedIntField("f", -6), LESignedLongField("g", 7),
                   LEThreeBytesField("h", 0x10203), XLEShortField("i", 258), XLEIntField("j", 1), XLELongField("k", 2), LEShortEnumField("l", 1, {1: "one"}), EnumField("m", 2, {2: "two"}, "B"), NBytesField("n", 3, 5), XNBytesField("o", 255, 3), YesNoByteField("p", 2), OUIField("q", 0x0050c2)]
# (Scapy 2.5 reads back other numbers than it writes in NBytesField, and knows who has an OUI.)
n = Numbers()
hexes(n, Numbers(a=-128, b=32767, c=-2147483648, d=-9, l="one"))
m = Numbers(raw(Numbers(a=-128, g=-1)))
print(m.a, m.b, m.c, m.d, m.e, m.f, m.g, m.h, m.i, m.p, m.q)
print(m.sprintf("%a% %i% %l% %m% %p%"), n.sprintf("%n% %o%"))
class Scaled(Packet):
    fields_desc = [ScalingField("t", 0, scaling=0.1, unit="C", fmt="b"), ScalingField("u", 1.5, scaling=0.5, unit="V"), ScalingField("w", 0, scaling=2, offset=-10, unit="s", fmt="<H")]
s = Scaled(t=-1.5, w=20)
hexes(s, Scaled())
t = Scaled(b"\x80\x03\x05\x00")
print(t.t, t.u, t.w)
t.show()
# Lengths and strings.
class Strings(Packet):
    fields_desc = [LEFieldLenField("n", None, length_of="s"), StrLenField("s", "", length_from=lambda p: p.n), PadField(StrNullField("z", "ab"), 4), StrStopField("line", "GET\r\n", b"\r\n"), XStrFixedLenField("x", b"\1", 2), StrField("rest", "")]
hexes(Strings(s="cafe"), Strings(z="abcd", rest="!"))
q = Strings(raw(Strings(s="cafe", z="abcde", line="x\r\n", rest="tail")))
print(q.n, bytes_hex(q.s), bytes_hex(q.z), bytes_hex(q.line), bytes_hex(q.x), bytes_hex(q.rest))
# Packets in fields.
class Item(Packet):
    fields_desc = [ByteField("tag", 1), ByteField("val", 2)]
    def extract_padding(self, s): return "", s
class Greedy(Packet):
    fields_desc = [ByteField("tag", 1)]
class Box(Packet):
    fields_desc = [PacketField("one", Item(tag=9), Item), FieldLenField("n", None, count_of="items", fmt="B"), PacketListField("items", [], Item, count_from=lambda p: p.n), FieldLenField("m", None, length_of="more", fmt="B"), PacketListField("more", [], Greedy, length_from=lambda p: p.m)]
b = Box(items=[Item(val=3), Item(tag=4)], more=[Greedy()/Raw(b"xyz")])
hexes(b, Box(), Box(one=Item(val=7), more=[IP()/UDP()]))
c = Box(raw(b) + b"rest")
print(len(c.items), c.items[1].tag, c[Item].tag, c[Item:3].tag, len(c.more), bytes_hex(c.more[0].load), bytes_hex(c.lastlayer().load))
c.items.append(Item(tag=8)); c.n = None
hexes(c)
class Chain(Packet):
    fields_desc = [PacketListField("items", [], next_cls_cb=lambda pkt, got, last, left: pkt.choose(got, last, left))]
    def choose(self, got, last, left):
        if last is None: return Item
        return Item if last.tag & 1 and len(left) > 1 else None
d = Chain(b"\x01\x02\x03\x04\x06\x07more")
print([i.val for i in d.items], bytes_hex(d[Raw].load))
# Classes from classes.
class Old(IP):
    name = "Old"
    version = 5
    ttl = 3
o = Old(dst="192.0.2.9")/TCP(sport=1, dport=2)
print(o.version, o.ttl, isinstance(o, Old), isinstance(o, IP), isinstance(IP(), Old))
hexes(Old(src="192.0.2.1", dst="192.0.2.9")/UDP(), Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/Old(src="192.0.2.1", dst="192.0.2.9"))
print(Old(raw(Old(dst="192.0.2.9", src="192.0.2.1")/UDP(dport=9)))[UDP].dport)
class Op(Packet):
    unit = 10
    fields_desc = [ByteField("op", 1), ByteField("arg", 0)]
    def scaled(self, by=1): return self.arg * self.unit * by
    @classmethod
    def dispatch_hook(cls, _pkt=None, *args, **kargs):
        return Long if _pkt and _pkt[:1] == b"\x02" else cls
    @classmethod
    def make(cls, arg): return cls(arg=arg)
    @staticmethod
    def add(a, b): return a + b
    def post_build(self, p, pay):
        return p[:1] + bytes([len(pay)]) + p[2:] + pay
class Long(Op):
    op = 2
    unit = 100
    def post_build(self, p, pay):
        return super(Long, self).post_build(p, pay)[:1] + b"\xff" + p[2:] + pay
    def default_payload_class(self, payload): return Item
print(Op(arg=3).scaled(), Op(arg=3).scaled(by=2), Op.make(4).arg, Op.add(1, 2), Long(arg=1).scaled(), isinstance(Long(), Op))
hexes(Op()/Raw(b"abc"), Long()/Raw(b"abc"))
print(type(Op(b"\x02\x01\x05\x06")).__name__, Item in Op(b"\x02\x01\x05\x06"), type(Op(b"\x01\x01")).__name__)
Tiny = type("Tiny", (Packet,), {"name": "tiny", "fields_desc": [ByteField("x", 5)], "guess_payload_class": lambda self, p: conf.padding_layer})
print(bytes_hex(raw(Tiny())), Padding in Tiny(b"\x01ab"), Tiny(b"\x01ab").name)
# Flags by their bits, one by one.
class Bits(Packet):
    fields_desc = [FlagsField("f", 8, 16, {0x1: "low", 0x8: "mid", 0x1000: "high"}), FlagsField("g", 0, 8, ["a", "b", "c"])]
e = Bits(f="low+high", g=5)
hexes(e, Bits())
print(e.sprintf("%f% %g%"), list(e.g), [x for x in Bits(b"\x00\x09\x06").g], "c" in list(e.g))
# Fields on their own.
print(IPField("a", None).addfield(None, b"\1", "192.0.2.1"), IPField("a", None).getfield(None, b"\xc0\0\2\1tail"), IPField("a", None).m2i(None, b"\1\2\3\4"), IPField("a", None).i2m(None, "1.2.3.4"))
print(MACField("a", None).i2m(None, None), MACField("a", None).getfield(None, b"\2\0\0\0\0\1rest"), ShortField("s", 0).addfield(None, b"", 258), LEIntField("i", 0).addfield(None, b"", 1), ShortField("s", 0).i2m(None, 5))
print(SignedShortField("s", 0).addfield(None, b"", -2), SignedShortField("s", 0).getfield(None, b"\xff\xfex"), ByteEnumField("e", 0, {1: "one"}).any2i(None, "one"), ByteEnumField("e", 0, {1: "one"}).i2repr(None, 1), ByteEnumField("e", 0, {1: "one"}).i2repr(None, 2))

class Below(Packet):
    fields_desc = [ByteField("kind", 0)]
class Above(Packet):
    fields_desc = [ByteField("x", 7)]
bind_layers(Below, Above, {"kind": 5})
print(raw(Below() / Above()), Below(b"\x05\x09").x)

class Plain(Packet):
    fields_desc = [Field("x", 5, "I"), Field("y", 1)]
print(raw(Plain(y=258)), Plain(raw(Plain(x=7))).x)
