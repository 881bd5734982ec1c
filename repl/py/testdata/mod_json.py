import json, hashlib, base64, binascii
v = {"a": [1, 2.5, None, True, False], "b": {"c": "é\n\"\\/\x01😀\x7f"}, "d": [], "e": {}, 1: (1, 2), None: -0.0, 2.5: 1e100, True: "x"}
print(json.dumps(v))
print(json.dumps(v, indent=2, ensure_ascii=False))
print(json.dumps({"b": 1, "a": [1, {"x": 2}]}, sort_keys=True, indent=4, separators=(",", ":")), json.dumps([1, 2], separators=(",", ":")), json.dumps([float("nan"), float("inf"), -float("inf")]), json.dumps("x"), json.dumps(10 ** 30), json.dumps([1], indent="\t"))
print(json.loads('{"a": [1, 2.5e3, -0, null, true, false, "\\u00e9\\ud83d\\ude00\\n\\/"], "b": {}, "c": [], "d": 1E-2}'), json.loads(" 12 "), json.loads(b'"x"'), json.loads("[NaN, Infinity, -Infinity]"), json.loads("123456789012345678901234567890"))
print(json.loads(json.dumps(v, sort_keys=False)) == {"a": [1, 2.5, None, True, False], "b": v["b"], "d": [], "e": {}, "1": [1, 2], "null": 0.0, "2.5": 1e100, "true": "x"}, json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d)), json.dumps({"x": {1, 2}}, default=lambda s: sorted(s)))
for bad in ["", "{", "[1,", "[1 2]", '{"a" 1}', '{"a": 1,}', "{a: 1}", "tru", '"abc', '"\\q"', '"\\u12"', "1 2", "[1]\n x", "01", '"a\nb"', "-", "[1,]"]:
    try:
        print(json.loads(bad))
    except json.JSONDecodeError as e:
        print(repr(bad), e)
for f in [lambda: json.dumps({1, 2}), lambda: json.dumps({(1,): 1}), lambda: json.loads(1), lambda: json.dumps(float("nan"), allow_nan=False)]:
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
with open("x.json", "w") as f:
    json.dump(["a", 1], f)
with open("x.json") as f:
    print(json.load(f))

print(hashlib.md5(b"abc").hexdigest(), hashlib.sha1(b"abc").hexdigest(), hashlib.sha256().hexdigest(), hashlib.new("sha512", b"x").digest()[:4], hashlib.sha3_256(b"a").hexdigest())
h = hashlib.sha256()
h.update(b"ab")
c = h.copy()
h.update(b"c")
print(h.hexdigest() == hashlib.sha256(b"abc").hexdigest(), c.hexdigest() == hashlib.sha256(b"ab").hexdigest(), h.name, h.digest_size, h.block_size)
try:
    hashlib.md5("abc")
except TypeError as e:
    print(e)
print(base64.b64encode(b"\xff\xfehello"), base64.b64decode("//5oZWxsbw=="), base64.urlsafe_b64encode(b"\xff\xfe"), base64.urlsafe_b64decode("__4="), base64.b32encode(b"hi"), base64.b32decode(b"NBUQ===="), base64.b16encode(b"\xab"), base64.b16decode("AB"), base64.b64decode("aGk=\n"), base64.encodebytes(b"a" * 60), base64.b64encode(b"\xff\xfe", b"-_"))
for s in ["a", "abc", "aGk"]:
    try:
        print(base64.b64decode(s))
    except binascii.Error as e:
        print(e)
