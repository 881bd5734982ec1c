# The bookkeeping of a port scan: results by state, a report.
results = {}
def record(port, flags):
    if flags == "SA": state = "open"
    elif "R" in flags: state = "closed"
    else: state = "filtered"
    results.setdefault(state, []).append(port)
for port, flags in [(22, "SA"), (23, "RA"), (80, "SA"), (81, ""), (443, "SA"), (444, "R")]:
    record(port, flags)
for state in sorted(results):
    ports = results[state]
    print("%-10s %3d  %s" % (state, len(ports), ",".join(map(str, ports))))
print({s: len(p) for s, p in results.items()})
