"""Writer of the golden tables; the reader is golden.go. Run by CPython 3.11."""
import gzip
import json


def enc(v):
    """v in the tables' spelling."""
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return {"f": "nan" if v != v else v.hex()}
    if isinstance(v, (bytes, bytearray)):
        return {"b": v.hex()}
    if isinstance(v, list):
        return [enc(e) for e in v]
    if isinstance(v, tuple):
        return {"t": [enc(e) for e in v]}
    if isinstance(v, (set, frozenset)):
        return {"s": [enc(e) for e in sorted(v, key=repr)]}
    if isinstance(v, dict):
        return {"d": [[enc(k), enc(x)] for k, x in v.items()]}
    raise TypeError(type(v))


class Table:
    """Collects cases; duplicates are dropped."""

    def __init__(self):
        self.lines = {}

    def add(self, op, fn, *args):
        """Run fn(*args) and note the answer under op."""
        row = {"op": op, "args": [enc(a) for a in args]}
        try:
            row["out"] = enc(fn(*args))
        except (MemoryError, RecursionError):
            return
        except Exception as e:
            mod = type(e).__module__
            name = type(e).__name__
            if mod != "builtins":
                name = mod + "." + name
            msg = e.args[0] if type(e) is KeyError else e
            row["err"] = "%s: %s" % (name, repr(msg) if type(e) is KeyError else msg)
        try:
            line = json.dumps(row, ensure_ascii=True, separators=(",", ":"))
            line.encode().decode()
        except (UnicodeError, ValueError):
            return
        if "\\ud" in line and any(0xD800 <= ord(c) < 0xE000 for c in json.loads(line).__repr__()):
            return
        self.lines[line] = True

    def write(self, path):
        """Write the table, gzipped with a constant header so that diffs mean something."""
        with open(path, "wb") as f, gzip.GzipFile("", "wb", 9, f, 0) as z:
            for line in self.lines:
                z.write(line.encode() + b"\n")
        print(path, len(self.lines), "cases")
