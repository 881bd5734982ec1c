events = [(3, "C", "ACK"), (1, "C", "SYN"), (2, "S", "SYN,ACK"), (10, "C", "FIN"), (11, "S", "ACK")]
last = None
for t, who, what in sorted(events):
    delta = "" if last is None else f"+{t - last}"
    arrow = "-->" if who == "C" else "<--"
    print(f"{t:>4} {delta:>4}  C {arrow} S  {what}")
    last = t
gaps = [b[0] - a[0] for a, b in zip(sorted(events), sorted(events)[1:])]
print(gaps, max(gaps), sum(gaps) / len(gaps))
by = {}
for t, who, what in events: by.setdefault(who, []).append((t, what))
print({k: sorted(v) for k, v in sorted(by.items())})
