print(type(1) is int, type("") is str, type([]) == list, type(None), type(len), type(lambda: 0), type(int), type(ValueError), type(ValueError()), type(range(1)), type(print).__name__)
print(isinstance(1, int), isinstance(True, int), isinstance(1, bool), isinstance(1.0, (int, float)), isinstance("a", (list, tuple)), isinstance([], object), isinstance(int, type))
print(issubclass(bool, int), issubclass(int, object), issubclass(str, int), int.__name__, str(int), repr(ValueError), type(1).__name__)
print(int is int, {int: "i", str: "s"}[int], [t.__name__ for t in (int, str, list, dict, tuple, set, float, bool, bytes)])
print(str(1), int("1"), float("1.5"), bool(""), bool("0"), list("ab"), tuple([1]), set([1]), dict([(1, 2)]), bytes([65]), str(True), int(True), float(3))
print(hasattr("", "upper"), hasattr([], "upper"), getattr("a", "upper")(), getattr(5, "nope", None), callable(len), callable(int), callable(5))
print(id(1) == id(1), 1 is 1, [] is [], None is None, True is True, (1 == 1) is True, "a" is not "b", not None)
conv = {"int": int, "float": float, "str": str}
print([conv[k]("5") for k in ("int", "float", "str")])
print(slice(1, 2), slice(3).stop, [1, 2, 3][slice(0, 2)], slice(None, None, 2), slice(1, 5).indices(3), "abc"[slice(1, None)])
print(type(type(1)), type(...), Ellipsis is ..., NotImplemented)
o = object(); print(o == o, o is o, o == object())
E = type("MyError", (Exception,), {})
try: raise E("custom")
except Exception as e: print(type(e).__name__, e, isinstance(e, E), issubclass(E, Exception))
def kind(v):
    if v is None: return "none"
    if isinstance(v, bool): return "bool"
    if isinstance(v, (int, float)): return "num"
    if isinstance(v, str): return "str"
    if isinstance(v, (list, tuple)): return "seq[" + ",".join(map(kind, v)) + "]"
    if isinstance(v, dict): return "map"
    if callable(v): return "fn"
    return type(v).__name__
print(kind([None, True, 1, 1.5, "s", (1,), {}, len, b"", set()]))
print(1 .real if hasattr(1, "real") else 1, (1).__class__, "x".__class__.__name__, [].__class__ is list, (5).bit_length())
print(hash(1) == hash(1.0) == hash(True), hash("a") == hash("a"), hash((1, 2)) == hash((1, 2)), hash(-1))
print(len({1: 1, "1": 2, 1.0: 3, (1,): 4}), dir([])[-1], "append" in dir([]), "upper" in dir(""))
