"""Values and the variables of a session, kept in files. The format is JSON: what is no JSON value is an object with one key
that says its type. A packet is its class, its bytes and its time, so that fields which nobody set are set when it is read again."""

import __main__ as _main
import base64 as _base64
import json as _json


def _written(v):
    """v as JSON has it."""
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    if isinstance(v, bytes):
        return {"bytes": v.hex()}
    if isinstance(v, Packet):
        return {"packet": [type(v).__name__, raw(v).hex(), float(v.time)]}
    if isinstance(v, SndRcvList):
        return {"pairs": [[_written(q), _written(a)] for q, a in v]}
    if isinstance(v, PacketList):
        return {"packets": [_written(p) for p in v]}
    if isinstance(v, list):
        return {"list": [_written(x) for x in v]}
    if isinstance(v, tuple):
        return {"tuple": [_written(x) for x in v]}
    if isinstance(v, (set, frozenset)):
        return {"set": [_written(x) for x in v]}
    if isinstance(v, dict):
        return {"dict": [[_written(k), _written(x)] for k, x in v.items()]}
    raise TypeError("a %s cannot be kept: want packets, lists of them, numbers, text, bytes, lists, tuples, sets and dictionaries" % type(v).__name__)


def _class(name):
    """The layer of that name, which a program may have defined."""
    cls = getattr(_main, name, None)
    return eval(name) if cls is None else cls


def _read(j):
    """The value that j was written for."""
    if not isinstance(j, dict):
        return j
    (kind, x), = j.items()
    if kind == "bytes":
        return bytes.fromhex(x)
    if kind == "packet":
        name, data, when = x
        if not name.isidentifier():
            raise ValueError("%r is no layer's name" % name)
        p = _class(name)(bytes.fromhex(data))
        p.time = when
        return p
    if kind == "pairs":
        return SndRcvList([(_read(q), _read(a)) for q, a in x])
    if kind == "packets":
        return PacketList([_read(p) for p in x])
    if kind == "list":
        return [_read(y) for y in x]
    if kind == "tuple":
        return tuple([_read(y) for y in x])
    if kind == "set":
        return set([_read(y) for y in x])
    if kind == "dict":
        return {_read(k): _read(y) for k, y in x}
    raise ValueError("a value of the kind %r was not written here" % kind)


def save_object(fname, obj):
    """Keep a value in a file: packets, lists of them, numbers, text, bytes, lists, tuples, sets and dictionaries."""
    with open(fname, "w") as f:
        f.write(_json.dumps(_written(obj)) + "\n")


def load_object(fname):
    """The value that save_object() kept."""
    with open(fname) as f:
        return _read(_json.loads(f.read()))


def export_object(obj):
    """Print a value as one line of text that import_object() reads, to be copied into another session."""
    print(_base64.b64encode(_json.dumps(_written(obj)).encode()).decode())


def import_object(obj=None):
    """The value of such a line; without one it is read from the terminal, up to an empty line."""
    if obj is None:
        lines = []
        while not lines or lines[-1]:
            try:
                lines.append(input().strip())
            except EOFError:
                break
        obj = "".join(lines)
    return _read(_json.loads(_base64.b64decode(obj)))


def _session_file(fname):
    fname = fname or conf.session
    if not fname:
        raise ValueError("no file's name: save_session(\"work.json\"), or conf.session = \"work.json\" first")
    return fname


def save_session(fname=None):
    """Keep the program's variables in a file, conf.session without one. What cannot be kept, such as functions, is told."""
    kept, left = {}, []
    for name in dir(_main):
        if name.startswith("_") or type(getattr(_main, name)).__name__ == "module":
            continue
        try:
            kept[name] = _written(getattr(_main, name))
        except TypeError:
            left.append(name)
    with open(_session_file(fname), "w") as f:
        f.write(_json.dumps(kept) + "\n")
    print("kept: %s" % (" ".join(kept) or "nothing"))
    if left:
        print("not kept, since they are functions, classes and the like: %s" % " ".join(left))


def load_session(fname=None):
    """Set the variables that save_session() kept; others stay as they are."""
    with open(_session_file(fname)) as f:
        for name, j in _json.loads(f.read()).items():
            setattr(_main, name, _read(j))


update_session = load_session
