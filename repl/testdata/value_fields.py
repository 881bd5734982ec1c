from scapy.all import *
def hexes(*ps): print(" ".join(bytes_hex(raw(p)).decode() for p in ps))
class T(Packet):
    name = "T"
    fields_desc = [BitExtendedField("a", 300, 7), LSBExtendedField("b", 5), MSBExtendedField("b2", 0x123456), IEEEFloatField("f", 1.5), IEEEDoubleField("g", -2.25), BCDFloatField("h", 1.25), FixedPointField("i", 2, 32, 16),
      OByteField("o", 9), SecondsIntField("s", 1500, use_msec=True), LEX3BytesField("l", 5), ByteEnumKeysField("k", 1, {1: "one"}), StrNullFieldUtf16("u", "hé"), FieldLenField("n", None, length_of="w", fmt="B"), StrLenFieldUtf16("w", "ab", length_from=lambda p: p.n)]
t = T()
hexes(t)
t.show()
q = T(raw(t) + b"rest")
q.show()
print(q.a, q.b2, q.f, q.g, q.h, q.i)
class N(Packet):
    fields_desc = [ByteField("p", 6), MultiEnumField("m", 1, {6: {1: "six-one"}, 17: {1: "u-one"}}, depends_on=lambda pkt: pkt.p, fmt="B"), BitMultiEnumField("m2", 1, 8, {6: {1: "x"}, 17: {1: "y"}}, depends_on=lambda pkt: pkt.p),
      StrFixedLenEnumField("e", b"GET", enum={b"GET": "read"}, length=4), ByteField("plen", 24), IPPrefixField("net", "192.0.2.0/24", length_from=lambda p: p.plen), XLEStrLenField("x", b"abc", length_from=lambda p: 3)]
n = N()
hexes(n, N(p=17))
n.show()
N(p=17).show()
N(raw(n)).show()
print(N(m="six-one").m)
class S(Packet):
    fields_desc = [SourceIPField("src", "dst"), DestIPField("dst", "127.0.0.1"), DNSStrField("name", "www.example.org"), UUIDField("id", "00112233-4455-6677-8899-aabbccddeeff"), DestMACField("m")]
s = S(); s.show(); hexes(s)
S(raw(s)).show()
class A(Packet):
    fields_desc = [ByteField("x", 1), ReversePadField(IntField("y", 2), 4), Emph(ByteField("z", 3))]
hexes(A()); print(A(raw(A())).y)
class P(Packet):
    fields_desc = [FieldLenField("plen", None, length_of="net", fmt="B"), IPPrefixField("net", "10.1.0.0/16", length_from=lambda p: p.plen), ByteField("e", 7)]
hexes(P(), P(net="10.1.2.0/23")); print(P(raw(P())).net, P(raw(P())).e)
class Wrap(Packet):
    fields_desc = [ByteField("n", None)]
    def post_build(self, p, pay):
        if self.n is None: p = struct.pack("B", len(pay))
        return p + pay + b"\xee" * (-len(p + pay) % 4)
class Grow(Packet):
    fields_desc = [ByteField("n", 1)]
    def post_build(self, p, pay): return p + b"XY" + pay
class Cut(Packet):
    fields_desc = [IntField("n", 1)]
    def post_build(self, p, pay): return p[3:] + pay[:1]
hexes(Wrap()/b"abcd", Wrap()/Wrap()/b"abcd", Grow()/Grow()/b"q", Cut()/b"abc")
i = dict(src="192.0.2.1", dst="192.0.2.2")
hexes(IP(**i)/UDP(sport=1, dport=2)/Wrap()/b"abcde", IP(**i)/Grow()/UDP(sport=1,dport=2)/b"abc")
hexes(IP(**i)/UDP(sport=1, dport=2)/Grow()/b"abc"/Padding(b"PADDING"), Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(**i)/TCP(sport=1, dport=2)/Cut()/b"abc")
p = IP(**i)/UDP(sport=1, dport=2)/Grow()/b"abc"
hexes(p[Grow], p[Raw], p[UDP])
# What does not fit says so.
for make in (lambda: T(a=-1), lambda: T(f="x"), lambda: T(f=1e40), lambda: P(net="10.0.0.1"), lambda: BitExtendedField("a", 0, 9), lambda: MultiEnumField("m", 0, [1], depends_on=len), lambda: UUIDField("u", None, uuid_fmt=1)):
    try: make()
    except Exception as e: print(type(e).__name__, e)
# What is not written as it would be stays the bytes it is.
for b in (b"\x80\x01", b"\xff" * 11, b"\x81"): print(LSBExtendedField("a", 0).getfield(None, b), MSBExtendedField("a", 0).getfield(None, b))
print(IEEEFloatField("f", 0).getfield(None, b"\x7f\xc0\x00\x01"), IEEEDoubleField("f", 0).i2m(None, 0.1), StrNullFieldUtf16("u", "").getfield(None, b"a\0b\0\0\0c"), StrNullFieldUtf16("u", "").addfield(None, b"", "\U0001f600"))
