import io, os, tempfile, uuid, warnings, zlib

# Bytes and text in memory.
b = io.BytesIO(b"hello\nworld\n")
print(b.read(2), b.readline(), b.tell(), b.read(), b.read(), b.getvalue())
print(b.seek(0), b.write(b"J"), b.read(3), b.write(b"p!"), b.getvalue(), b.tell())
print(b.seek(-2, io.SEEK_END), b.read(), b.seek(20), b.write(b"x"), b.getvalue())
print(b.truncate(3), b.getvalue(), list(io.BytesIO(b"a\nb")), isinstance(b, io.BytesIO), isinstance(b, io.StringIO))
s = io.StringIO()
print("x", 1, file=s)
s.write("y\r\nz")
print(repr(s.getvalue()), s.seek(0), s.readlines())
print([line for line in io.StringIO("one\ntwo\n")], io.StringIO("a").read())
with io.BytesIO() as f:
    f.write(b"q")
for bad in (lambda: f.getvalue(), lambda: f.read(), lambda: io.BytesIO("text"), lambda: io.StringIO(b"bytes"), lambda: io.BytesIO().fileno()):
    try:
        bad()
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)
b = io.BytesIO()
b.writelines([b"a", bytearray(b"b")])
print(bytes(b.getbuffer()), b.readable(), b.writable(), b.seekable(), b.closed)

# A file that is read and written: the write goes where the reading stands.
with open("f", "w+b") as f:
    f.write(b"0123456789")
    f.seek(0)
    print(f.read(3), f.write(b"ab"), f.tell(), f.read(), f.seek(4), f.truncate(), f.seek(0), f.read())

# Temporary files and directories.
d = tempfile.mkdtemp(prefix="p", suffix="s")
name = os.path.basename(d)
print(os.path.isdir(d), name[0], name[-1], oct(os.stat(d).st_mode & 0o777))
os.rmdir(d)
with tempfile.NamedTemporaryFile(suffix=".pcap") as t:
    print(t.write(b"abc"), t.name.endswith(".pcap"), t.seek(0), t.read(), os.path.exists(t.name))
print(os.path.exists(t.name))
with tempfile.NamedTemporaryFile("w", delete=False) as t:
    t.write("kept\n")
print(open(t.name).read(), end="")
os.remove(t.name)
with tempfile.TemporaryDirectory() as td:
    os.mkdir(os.path.join(td, "sub"))
    open(os.path.join(td, "sub", "x"), "w").close()
    print(os.listdir(td))
print(os.path.exists(td))
fd, name = tempfile.mkstemp(text=True)
with os.fdopen(fd, "wb") as f:
    print(f.write(b"by its number"))
print(open(name, "rb").read())
os.unlink(name)
fd = os.open("g", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
print(os.write(fd, b"12"), os.close(fd), os.path.getsize("g"))
try:
    os.open("g", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
except FileExistsError as e:
    print(e.errno)
print(os.path.exists(tempfile.mktemp(".x")), tempfile.gettempdir() == os.environ.get("TMPDIR", "/tmp"))

# UUIDs.
u = uuid.UUID("{12345678-1234-5678-1234-567812345678}")
print(u, repr(u), u.hex, u.int, u.bytes, u.bytes_le, u.fields[:3], u.urn)
print(u == uuid.UUID(bytes=u.bytes), u == uuid.UUID(bytes_le=u.bytes_le), u == uuid.UUID(int=u.int), u < uuid.UUID(int=1), {u: 1}[uuid.UUID(hex=u.hex)])
r = uuid.uuid4()
print(len(str(r)), r.version, r != uuid.uuid4(), uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x").version)
print(uuid.UUID(fields=(0x12345678, 0x1234, 0x5678, 0x12, 0x34, 0x567812345678)), uuid.UUID(int=5, version=4))
for bad in (lambda: uuid.UUID("xyz"), lambda: uuid.UUID(bytes=b"1"), lambda: uuid.UUID(int=1 << 128), lambda: uuid.UUID()):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)

# Warnings.
with warnings.catch_warnings(record=True) as got:
    warnings.simplefilter("always")
    warnings.warn("careful")
    warnings.warn("old", DeprecationWarning)
    warnings.filterwarnings("ignore", message="car")
    warnings.warn("careful again")
print([(str(w.message), w.category.__name__) for w in got])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("now an error", RuntimeWarning)
    except RuntimeWarning as e:
        print("raised", e)
warnings.filterwarnings("ignore", category=DeprecationWarning)
warnings.warn("not told", DeprecationWarning)
try:
    warnings.simplefilter("sometimes")
except (ValueError, AssertionError) as e:
    print("refused")

# Sums and compression.
print(zlib.crc32(b"hello"), zlib.crc32(b"lo", zlib.crc32(b"hel")), zlib.adler32(b"hello"), zlib.adler32(b"lo", zlib.adler32(b"hel")), zlib.adler32(b"\xff" * 70000, zlib.adler32(b"\xfe" * 70001)))
data = b"hello " * 1000
for bits in (15, -15, 31):
    c = zlib.compress(data, 9, bits)
    print(len(c) < 100, zlib.decompress(c, bits) == data)
print(zlib.decompress(zlib.compress(data, wbits=31), 47) == data, zlib.decompress(zlib.compress(data), 47) == data, zlib.decompress(b"x\x9c\xcbH\xcd\xc9\xc9\x07\x00\x06,\x02\x15"))
for bad in (b"", b"garbage!", zlib.compress(data)[:-5]):
    try:
        zlib.decompress(bad)
    except zlib.error as e:
        print("zlib.error", str(e)[:8])
