from scapy.all import *
import struct
def hexes(*ps): print(" ".join(bytes_hex(raw(p)).decode() for p in ps))
def vlenq2str(l):
    s = [l & 0x7f]
    l >>= 7
    while l > 0:
        s.append(0x80 | (l & 0x7f))
        l >>= 7
    return bytes(reversed(s))
def str2vlenq(s=b""):
    i = l = 0
    while i < len(s) and s[i] & 0x80:
        l = (l << 7) + (s[i] & 0x7f)
        i += 1
    if i == len(s): return b"", None
    l = (l << 7) + (s[i] & 0x7f)
    return s[i + 1:], l
class VarLenQField(Field):
    """ variable length quantities """
    __slots__ = ["fld"]
    def __init__(self, name, default, fld):
        Field.__init__(self, name, default)
        self.fld = fld
    def i2m(self, pkt, x):
        if x is None:
            f = pkt.get_field(self.fld)
            x = f.i2len(pkt, pkt.getfieldval(self.fld))
        return vlenq2str(x)
    def m2i(self, pkt, x):
        return str2vlenq(x)[1]
    def addfield(self, pkt, s, val):
        return s + self.i2m(pkt, val)
    def getfield(self, pkt, s):
        return str2vlenq(s)
class FOO(Packet):
    name = "FOO"
    fields_desc = [VarLenQField("len", None, "data"), StrLenField("data", "", length_from=lambda pkt: pkt.len)]
f = FOO(data="A" * 129)
f.show()
hexes(f, FOO(data="AB"), FOO(len=300, data="x"), FOO())
g = FOO(raw(f) + b"rest")
print(g.len, len(g.data), g[Raw].load, FOO(b"\x05" + b"B" * 8).len, raw(FOO(b"\x81\x01" + b"C" * 200))[:3])
class DoubledField(ByteField):
    def i2m(self, pkt, x): return super().i2m(pkt, x * 2)
    def m2i(self, pkt, x): return super().m2i(pkt, x) // 2
class NamedField(ShortField):
    def i2repr(self, pkt, x): return "<%d>" % x
class UpperField(StrFixedLenField):
    def any2i(self, pkt, x):
        return x.upper() if isinstance(x, bytes) else x.encode().upper()
class TimeField(IntField):
    def any2i(self, pkt, x):
        if isinstance(x, str):
            h, m = x.split(":")
            return int(h) * 60 + int(m)
        return x
    def i2repr(self, pkt, x): return "%02d:%02d" % (x // 60, x % 60)
class BAR(Packet):
    fields_desc = [DoubledField("d", 3), NamedField("n", 5), UpperField("u", b"ab", 4), TimeField("t", 75), ConditionalField(DoubledField("c", 1), lambda p: p.n == 6)]
b = BAR()
hexes(b, BAR(d=9, n=6, u="xy", t="2:05", c=4))
c = BAR(raw(BAR(d=9, n=6, u="xy", t="2:05", c=4)))
print(c.d, c.n, c.u, c.t, c.c)
c.show()
print(repr(c))
class Pascal(StrField):
    def addfield(self, pkt, s, val): return s + bytes([len(val)]) + val
    def getfield(self, pkt, s):
        n = s[0]
        return s[1 + n:], s[1:1 + n]
class Msg(Packet):
    fields_desc = [Pascal("a", b"one"), Pascal("b", b""), ByteField("z", 7)]
hexes(Msg(), Msg(a=b"x", b=b"yz"))
m = Msg(raw(Msg(a=b"x", b=b"yz")))
print(m.a, m.b, m.z)
m.b = b"longer"; hexes(m)
print(raw(IP(src="1.1.1.1", dst="2.2.2.2")/UDP()/Msg())[28:])
# What goes wrong is told.
class Wrong(Field):
    def getfield(self, pkt, s): return 5
    def addfield(self, pkt, s, val): return 7
class W(Packet):
    fields_desc = [Wrong("w", 1)]
for bad in (lambda: raw(W()), lambda: type("I", (Field,), {"i2count": lambda self, pkt, x: x}), lambda: type("S", (sr1,), {}), lambda: VarLenQField("x", 1)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
print(VarLenQField("q", 5, "data").name, isinstance(VarLenQField("q", 5, "data"), VarLenQField), ShortField.i2m(NamedField("n", 1), None, 5))
class Drawn(ByteField):
    def randval(self): return RandNum(7, 7)
class R(Packet):
    fields_desc = [Drawn("d", 1)]
print(raw(fuzz(R())))
