conf = """
# comment
iface = eth0
timeout=2.5
ports = 22, 80,443
verbose = yes
bad line
"""
def parse(text):
    out, errors = {}, []
    for n, line in enumerate(text.split("\n"), 1):
        line = line.split("#")[0].strip()
        if not line: continue
        key, eq, val = (p.strip() for p in line.partition("="))
        if not eq:
            errors.append((n, line)); continue
        if "," in val: val = [int(v) for v in val.split(",")]
        elif val in ("yes", "no"): val = val == "yes"
        else:
            for conv in (int, float):
                try: val = conv(val); break
                except ValueError: pass
        out[key] = val
    return out, errors
opts, errs = parse(conf)
for k in sorted(opts): print(k, repr(opts[k]))
print(errs)
