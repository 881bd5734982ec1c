log = """12:00:01 INFO start pid=42
12:00:02 WARN retry n=1 host=10.0.0.1
garbage
12:00:09 ERROR timeout host=10.0.0.1
12:01:00 INFO done"""
def seconds(t):
    h, m, s = (int(x) for x in t.split(":"))
    return h * 3600 + m * 60 + s
entries, bad = [], []
for no, line in enumerate(log.split("\n"), start=1):
    try:
        when, level, what, *fields = line.split()
        entries.append({"t": seconds(when), "level": level, "what": what, **{k: v for k, v in (f.split("=") for f in fields)}})
    except ValueError as e:
        bad.append((no, line))
print(len(entries), bad)
for e in entries: print(f"{e['t'] - entries[0]['t']:>4}s {e['level']:<5} {e['what']:<8} {e.get('host', '-')}")
levels = {}
for e in entries: levels[e["level"]] = levels.get(e["level"], 0) + 1
print(", ".join(f"{k}={v}" for k, v in sorted(levels.items(), key=lambda kv: (-kv[1], kv[0]))))
print([e["what"] for e in entries if e["level"] != "INFO" and "host" in e])
