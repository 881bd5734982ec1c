import re

m = re.search(r"(?P<host>[\w.]+):(?P<port>\d+)", "connect to example.org:8080 now")
print(m, m.group(), m.group(1, 2), m["host"], m[2], m.groups(), m.groupdict(), m.start(), m.end("port"), m.span(1))
print(m.lastindex, m.lastgroup, m.re.pattern, m.string, m.pos, m.endpos, m.re.groupindex["port"], m.re.groups)
print(re.match("b", "ab"), re.match("a", "ab"), re.fullmatch("a|ab", "ab"), re.fullmatch("a", "ab"))
print(re.findall(r"\d+", "10.0.0.1"), re.findall(r"(\w)=(\d)", "a=1 b=2"), re.findall(r"(\w)=\d", "a=1 b=2"), re.findall(r"\w*", "ab cd"), re.findall("$", "a\n"), re.findall("(?m)^.", "ab\ncd"))
for m in re.finditer(r"\b(\w)(\w*)\b", "the quick fox"):
    print(m.span(), m.groups(), end=" ")
print()
print(re.sub("x*", "-", "abxd"), re.sub(r"(\w+) (\w+)", r"\2 \g<1>\n", "hello world"), re.sub("a", lambda m: m.group().upper() + str(m.start()), "banana"), re.sub("a", "b", "aaaa", 2), re.subn("a", "", "banana"))
print(re.split(r"\W+", "Words, words, words."), re.split(r"(\W+)", "a, b, c", maxsplit=1), re.split("x*", "axbc"), re.split(r"[,;]\s*", "a,b; c"))
print(re.compile("a.c", re.I | re.S), re.compile(b"\xff+").findall(b"\x00\xff\xff\x01\xff"), re.search("A.C", "xa\ncx", re.I | re.S).span())
print(re.search(r"a$", "a\n"), re.search(r"a\Z", "a\n"), re.search("^b", "a\nb"), re.search("^b", "a\nb", re.M), re.search("(?i)ABC", "xabc"), re.search(r"""
    (\d+)   # a number
    \s*     # blanks
    ([a-z]+)""", "12 kg", re.X).groups())
print(re.escape("1.2.3.4/24 [x]-y#"), re.escape(b"a.b"), re.escape("é\n"))
p = re.compile("a")
print(p.search("banana", 2), p.match("banana", 1), p.search("banana", 2, 3), p.findall("banana", 2), p.flags, re.compile(b"a").flags, p.pattern)
print(re.findall(r"[\]a\-z]", "]-az"), re.findall(r"[^\d\s]", "a1 b"), re.findall(r"[\W_]", "a_b-c"), re.findall("é.", "éaéé"), re.search("é", "caféé").span())
print(re.findall(r"\w+", "naïve Größe 中文 x_1"), re.findall(r"\w+", "naïve", re.A), re.findall(r"\s", "a\u00a0b\x0bc"), re.findall(rb"\w+", b"na\xefve"))
print(re.search("a{2}", "caab"), re.search("a{2,}?", "caaab"), re.search("a{,2}", "aaa"), re.search("a{x", "a{x"), re.search("a{,x}", "a{,x}"), re.findall("a+?", "aa"), re.findall("(a)|(b)", "ab"))
print(re.search("(a)?b", "b").groups(), re.search("(a)?b", "b").groups("-"), re.search("(a)?b", "b").start(1), re.search("((a)(b))c", "abc").lastindex, re.search("(a)(b)", "ab").lastindex)
print(re.sub(r"(a)?b", r"[\1]", "ab b"), re.sub(r"\.", r"\\.", "a.b"), re.search("(a)(b)", "ab").expand(r"\2-\1"), re.sub(b"a", b"\\g<0>\xff", b"ba"))
for bad in ["(", ")", "[a", "*a", "a**", "a{2,1}", "\\q", "(?P<1>a)", "(?P<a>b)(?P<a>c)", "[z-a]", "\\", "(?z)", "\\x1", "a(?i)b", "(?P<a"]:
    try:
        re.compile(bad)
    except re.error as e:
        print(repr(bad), e)
for f in [lambda: re.sub("a", r"\2", "a"), lambda: re.sub("a", r"\q", "a"), lambda: re.sub("a", r"\g<x>", "a"), lambda: re.search("a", b"a"), lambda: re.search(b"a", "a"), lambda: re.search("a", "a").group(1), lambda: re.search("a", 1)]:
    try:
        f()
    except (re.error, IndexError, TypeError) as e:
        print(type(e).__name__, e)
if re.match(r"^(?:\d{1,3}\.){3}\d{1,3}$", "10.20.30.40"):
    print("address")
log = "Oct 1 10:00:01 sshd[123]: Failed password for root from 10.0.0.5 port 22"
print(re.search(r"sshd\[(\d+)\]: Failed password for (\S+) from (\S+) port (\d+)", log).groups())
print(re.findall(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", "ether 00:0c:29:aa:bb:cc brd ff:ff:ff:ff:ff:ff"), isinstance(p, re.Pattern), bool(re.search("x", "y")))
