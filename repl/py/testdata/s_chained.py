p = {"ip": {"ttl": 64, "flags": ["DF"]}, "tcp": {"dport": 80, "opts": [("MSS", 1460), ("NOP", None)]}}
print(p["tcp"]["opts"][0][1], dict(p["tcp"]["opts"])["MSS"], [k for k, v in p["tcp"]["opts"] if v], p.get("udp", {}).get("dport", "none"))
p["ip"]["ttl"] -= 1; p["tcp"]["opts"].append(("SAckOK", "")); p["ip"]["flags"] += ["MF"]
print(p)
print("a,b;c".replace(";", ",").split(",")[1].upper().center(5, "*").lower()[1:-1].strip("*") + "!")
print([1, 2, 3].copy()[::-1][0].__class__.__name__, " x ".strip().join(["1", "2"]).split("x"), "%s" % "a".upper() + "b".lower())
print((lambda x: (lambda y: x + y))(1)(2), [lambda: 7][0](), {"f": len}["f"]("abc"), (1, 2, 3)[1:][0], "abc".upper()[0].lower() * 3)
print(1 if p and p["ip"] and p["ip"]["ttl"] > 60 else 0, not p["ip"].get("x") and "missing")
