def dump(v, ind=0):
    pad = "  " * ind
    if v is None: return "null"
    if v is True or v is False: return str(v).lower()
    if isinstance(v, (int, float)): return repr(v)
    if isinstance(v, str): return '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(v, (list, tuple)):
        if not v: return "[]"
        return "[\n" + ",\n".join(pad + "  " + dump(e, ind + 1) for e in v) + "\n" + pad + "]"
    if isinstance(v, dict):
        return "{\n" + ",\n".join(f'{pad}  "{k}": {dump(e, ind + 1)}' for k, e in v.items()) + "\n" + pad + "}"
    raise TypeError("cannot dump %s" % type(v).__name__)
print(dump({"a": [1, 2.5, None, True], "b": {"c": 'q"q', "d": []}}))
try: dump({"x": {1}})
except TypeError as e: print(e)
