from scapy.all import *
import zlib
# A payload that is compressed on the wire.
class Zip(Packet):
    fields_desc = [ByteField("kind", 1), LenField("len", None)]
    def post_dissect(self, s):
        self.raw_packet_cache = None
        return zlib.decompress(s)
    def post_build(self, p, pay):
        return p[:1] + struct.pack("!H", len(pay)) + p[3:] + zlib.compress(pay)
class Inner(Packet):
    fields_desc = [IntField("n", 7), StrField("text", "")]
bind_layers(Zip, Inner, kind=1)
p = Zip() / Inner(n=3, text="abc" * 40)
q = Zip(raw(p))
print(q[Inner].n, q[Inner].text == b"abc" * 40, len(raw(q)) < 40, Zip(raw(q)).text == q.text, q.len)
q[Inner].n = 9
print(Zip(raw(q))[Inner].n)
# Bytes that are changed before they are read.
class Turned(Packet):
    fields_desc = [ByteField("a", 0), ShortField("b", 0)]
    def pre_dissect(self, s):
        return s[::-1]
    def post_dissect(self, s):
        self.b = self.b + 1
        return s.upper()
t = Turned(b"yx\x00\x05\x07")
print(t.a, t.b, t.load)
# A class's own reading, and its base's.
class Keyed(Packet):
    fields_desc = [XByteField("key", 0x42), ShortField("v", 0)]
    def do_dissect(self, s):
        key = s[0]
        return Packet.do_dissect(self, s[:1] + bytes(c ^ key for c in s[1:]))
    def post_build(self, p, pay):
        return p[:1] + bytes(c ^ self.key for c in p[1:] + pay)
k = Keyed(raw(Keyed(key=0x11, v=300) / b"hidden"))
print(hex(k.key), k.v, k.load)
class Below(Keyed):
    def do_dissect(self, s):
        rest = super(Below, self).do_dissect(s)
        self.v += 1
        return rest
print(Below(raw(Keyed(key=0x11, v=300))).v)
class ByHand(Packet):
    fields_desc = [ByteField("a", 0), StrField("s", "")]
    def do_dissect(self, s):
        self.a = s[-1]
        self.s = s[:2]
        return s[2:-1]
h = ByHand(b"xyrest\x05")
print(h.a, h.s, h.load)
# A check sequence behind a compressed payload.
class Checked(Packet):
    fields_desc = [ByteField('kind', 1), FCSField('crc', None, fmt='I')]
    def post_dissect(self, s):
        return zlib.decompress(s)
    def post_build(self, p, pay):
        z = zlib.compress(pay[:-4])
        return p + z + struct.pack('!I', zlib.crc32(z))
c = Checked(raw(Checked() / b'hello, hello'))
print(c.load, c.crc > 65536)
# Values as people see them.
class TimesTen(ByteField):
    def i2h(self, pkt, x):
        return x * 10
    def any2i(self, pkt, x):
        return x // 10 if x > 25 else x
    def i2repr(self, pkt, x):
        return "%d tens" % x
class Shown(ByteField):
    def i2h(self, pkt, x):
        return "<%d>" % x
class M(Packet):
    fields_desc = [TimesTen("m", 3), Shown("s", 1)]
m = M()
print(m.m, m.s, raw(m))
m.m = 70
print(m.m, raw(m), M(b"\x04\x09").m, M(b"\x04\x09").s)
m.show()
print(repr(M(b"\x04\x09")))
# Numbers behind the payload.
class Framed(Packet):
    fields_desc = [ByteField("a", 1), FCSField("fcs", None, fmt="<I"), TrailerField(ShortField("tail", 0x4142))]
    def post_build(self, p, pay):
        if self.fcs is None:
            pay = pay[:-4] + struct.pack("<I", zlib.crc32(p + pay[:-4]))
        return p + pay
f = Framed(a=2) / Raw(b"hello")
print(raw(f), raw(Framed(fcs=1)), raw(IP(src="1.1.1.1", dst="2.2.2.2") / Framed() / b"x")[-8:])
g = Framed(raw(f))
print(g.a, hex(g.fcs), hex(g.tail), g.load, g.fcs == zlib.crc32(b"\x02helloAB"))
g.show()
g.tail = 1
print(raw(g)[-6:-4])
