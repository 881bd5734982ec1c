path = "golden.txt"
with open(path, "w") as f:
    print(f.write("line one\nline two\n"), f.closed)
    f.writelines(["three\n", "four"])
print(f.closed)
with open(path) as f: print(f.read())
with open(path) as f:
    for i, line in enumerate(f): print(i, repr(line))
with open(path) as f: print(f.readline(), f.readlines(), repr(f.readline()), repr(f.read()))
with open(path, "rb") as f: print(f.read(4), f.read(2), f.tell()); f.seek(0); print(f.read(1), len(f.read()))
with open(path, "a") as f: f.write("\nfive")
f = open(path); lines = f.read().split("\n"); f.close(); print(lines)
try: f.read()
except ValueError as e: print(e)
try:
    with open(path) as f, open(path) as g:
        print(f.readline() == g.readline(), f is g)
        raise KeyError("inside")
except KeyError as e: print("out", e, f.closed, g.closed)
with (open(path) as f, open(path) as g): print(f.closed or g.closed)
try: open(path, "q")
except ValueError as e: print("mode")
try: open(path + "x")
except FileNotFoundError as e: print(e.errno, e.strerror)
try: open(path, "x")
except FileExistsError as e: print(e.errno, e.strerror)
with open(path, "wb") as f: print(f.write(b"\x00\x01"))
with open(path, "rb") as f: print(list(f.read()))
with open(path, "w") as f:
    try: f.write(b"bytes")
    except TypeError as e: print(e)
    print("to file", 1, sep=",", file=f)
print(open(path).read(), end="")
with open(path, "w") as f: f.write("a\r\nb\n")
print(repr(open(path).read()), repr(open(path, "rb").read()))
def early():
    with open(path) as f:
        return f.readline()
print(repr(early()))
for _ in range(2):
    with open(path) as f: continue
print([l.strip() for l in open(path)])
try: 
    with 5 as x: pass
except (TypeError, AttributeError) as e: print("no context manager")
