import os, sys, os.path
from os import path

print(path.join("a", "b", "/c", "d"), path.join("a/", "b"), path.join(b"a", b"b"), path.split("/a/b/"), path.split("/a"), path.splitext("x/.b.tar.gz"), path.splitext(".bashrc"), path.basename("/a/b.c"), path.dirname("/a/b.c"), path.normpath("//a/./b/../c"), path.isabs("/x"))
os.makedirs("d/e/f")
os.makedirs("d/e/f", exist_ok=True)
with open("d/file.txt", "w") as f:
    f.write("hello")
print(sorted(os.listdir("d")), path.exists("d/file.txt"), path.isfile("d"), path.isdir("d"), path.getsize("d/file.txt"), os.stat("d/file.txt").st_size, path.exists("nope"))
os.rename("d/file.txt", "d/g.txt")
os.mkdir("h")
for f in [lambda: os.remove("nope"), lambda: os.mkdir("h"), lambda: os.listdir("nope"), lambda: os.makedirs("h"), lambda: os.rmdir("d"), lambda: os.remove(1), lambda: path.getsize("nope"), lambda: path.join(1)]:
    try:
        f()
    except (OSError, TypeError) as e:
        print(type(e).__name__, e)
os.remove("d/g.txt")
os.rmdir("h")
print(path.exists("h"), os.devnull, os.sep, os.linesep == "\n", len(os.urandom(16)), type(os.urandom(1)))
os.environ["PKT_TEST"] = "1"
print(os.environ["PKT_TEST"], os.environ.get("PKT_NONE"), os.getenv("PKT_TEST"), os.getenv("PKT_NONE", 5), "PKT_TEST" in os.environ, path.expandvars("$PKT_TEST/${PKT_TEST}/$PKT_NONE"))
del os.environ["PKT_TEST"]
print("PKT_TEST" in os.environ, os.system("exit 3"), os.system("true"), path.relpath("/a/b/c", "/a/d"), path.commonprefix(["/usr/lib", "/usr/local"]))
try:
    os.environ["PKT_NONE"]
except KeyError as e:
    print("KeyError", e)

for arg in [None, 3, "text", True]:
    try:
        sys.exit(arg)
    except SystemExit as e:
        print(repr(e), e.code, e.args)
try:
    sys.exit()
except SystemExit as e:
    print(repr(e), e.code)
print(sys.byteorder, sys.maxsize, sys.version_info[0], sys.version_info >= (3, 8), sys.version_info.major, sys.stdout.write("abc\n"), sys.platform, sys.stdin.readline() == "", [l for l in sys.stdin], repr(sys.stdin.read()))
