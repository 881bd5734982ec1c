def ladder(events, left="client", right="server", width=30):
    yield_ = []
    yield_.append(f"{left:<10}{'':{width}}{right}")
    for t, src, text in events:
        label = f" {text} "
        if src == left: arrow = label.center(width - 1, "-") + ">"
        else: arrow = "<" + label.center(width - 1, "-")
        yield_.append("%-10s%s" % (f"{t:.3f}", arrow))
    return yield_
for line in ladder([(0, "client", "SYN seq=1"), (0.01, "server", "SYN,ACK"), (0.0205, "client", "ACK")]): print(line)
