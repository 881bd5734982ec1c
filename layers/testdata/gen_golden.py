#!/usr/bin/env python3
"""Turns a referee's cases (expressions in Scapy's notation and the bytes they
build) into the structured form that golden_test.go reads, so that the tests of
this package need no expression parser.

usage: gen_golden.py DIR     DIR holds build.jsonl, dissect.jsonl, scapy_cases.jsonl

Values: numbers, strings and null stand for themselves; {"b": hex} is bytes,
{"l": [...]} a list, {"t": [...]} a tuple, {"p": [layers]} a packet inside a
field, {"net": text} a network. A layer is [name, [[field, value] ...]] in the
order written, or [name, {"b": hex}] when made from bytes.
"""
import ast, json, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Skip(Exception):
    pass


def const(node):
    """A Python constant, products such as b"A"*1000 included."""
    try:
        return eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}}, {})
    except Exception as e:
        raise Skip("not a constant: " + ast.unparse(node)) from e


def value(node):
    if isinstance(node, ast.Call):
        if node.func.id == "Net":
            return {"net": const(node.args[0])}
        if node.func.id == "hex_bytes":
            return {"b": const(node.args[0])}
        return {"p": packet(node)}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return {"p": packet(node)}
    if isinstance(node, ast.List):
        return {"l": [value(x) for x in node.elts]}
    if isinstance(node, ast.Tuple):
        return {"t": [value(x) for x in node.elts]}
    v = const(node)
    if isinstance(v, bytes):
        return {"b": v.hex()}
    if isinstance(v, (list, tuple)):
        raise Skip("computed list")
    return v


def packet(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return packet(node.left) + packet(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != "hex_bytes":
        name = node.func.id
        if node.args:
            v = value(node.args[0])
            if isinstance(v, str):
                v = {"b": v.encode().hex()}
            if name in ("Raw", "Padding"):
                return [[name, [["load", v]]]]
            return [[name, v]]
        return [[name, [[k.arg, value(k.value)] for k in node.keywords]]]
    v = value(node)
    if isinstance(v, str):
        v = {"b": v.encode().hex()}
    if isinstance(v, dict) and "b" in v:
        return [["Raw", [["load", v]]]]
    raise Skip("not a packet: " + ast.unparse(node))


def build(expr, expect):
    """raw(X), X, or [raw(p) for p in X]."""
    node = ast.parse(expr, mode="eval").body
    if isinstance(node, ast.ListComp):
        return {"expand": packet(node.generators[0].iter), "hex": expect}
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "raw":
        node = node.args[0]
    return {"build": packet(node), "hex": expect}


def method(node, name):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name):
        raise Skip(name)
    return node


def answers(expr, expect):
    node = ast.parse(expr, mode="eval").body
    if isinstance(node, ast.Compare):
        a, b = method(node.left, "hashret"), method(node.comparators[0], "hashret")
        return {"hash": [packet(a.func.value), packet(b.func.value)], "expect": expect}
    node = method(node, "answers")
    return {"answers": [packet(node.func.value), packet(node.args[0])], "expect": expect}


def case(r):
    want = r.get("expect_v27", r.get("expect"))
    if r["kind"] == "build":
        return build(r["expr"], r.get("hex", want))
    if r["kind"] == "answers":
        return answers(r["expr"], want)
    if r["kind"] == "dissect":
        node = ast.parse(r["expr"], mode="eval").body
        v = value(node.args[0])
        return {"dissect": node.func.id, "hex": v["b"], "layers": want["layers"], "summary": want["summary"]}
    node = ast.parse(r["expr"], mode="eval").body
    return {"summary": packet(method(node, "summary").func.value), "text": want}


def main(src):
    for name in ("build", "dissect", "scapy_cases"):
        out, skipped = [], 0
        for line in open(os.path.join(src, name + ".jsonl")):
            r = json.loads(line)
            try:
                if name == "dissect":
                    c = {"dissect": r["first"], "hex": r["hex"], "names": r["layers"],
                         "fields": r["fields"], "summary": r["summary"]}
                else:
                    c = case(r)
            except (Skip, AttributeError, IndexError, KeyError, TypeError):
                skipped += 1
                continue
            c["id"] = r["id"]
            if name != "dissect":
                c["expr"] = r["expr"]
            out.append(json.dumps(c, separators=(",", ":")))
        with open(os.path.join(HERE, name + ".jsonl"), "w") as f:
            f.write("\n".join(out) + "\n")
        print(name, len(out), "cases,", skipped, "left to the tests of the shell")


if __name__ == "__main__":
    main(sys.argv[1])
