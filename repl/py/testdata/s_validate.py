def octets(ip):
    parts = ip.split(".")
    if len(parts) != 4: raise ValueError(f"{ip!r}: not an address: got {len(parts)} part{'s' if len(parts) != 1 else ''}, want 4")
    for p in parts:
        if not p.isdigit() or not 0 <= int(p) <= 255 or (len(p) > 1 and p[0] == "0"):
            raise ValueError(f"{ip!r}: bad octet {p!r}")
    return [int(p) for p in parts]
def mac(s):
    b = s.replace("-", ":").split(":")
    assert len(b) == 6, "want 6 groups, got %d" % len(b)
    return bytes(int(x, 16) for x in b)
for ip in ("10.0.0.1", "10.0.0", "10.0.0.256", "1.2.3.x", "01.2.3.4", ""):
    try: print(octets(ip))
    except ValueError as e: print("ValueError:", e)
for m in ("aa:bb:cc:00:11:22", "AA-BB-CC-DD-EE-FF", "aa:bb", "zz:bb:cc:00:11:22"):
    try: print(mac(m).hex(":"))
    except (AssertionError, ValueError) as e: print(type(e).__name__, e)
