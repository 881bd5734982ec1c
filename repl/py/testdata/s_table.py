rows = [("LISTEN", 80, 0, 128), ("ESTAB", 443, 1200, 0), ("TIME-WAIT", 22, 0, 0)]
head = ("State", "Port", "Recv-Q", "Send-Q")
widths = [max(len(str(r[i])) for r in rows + [head]) for i in range(len(head))]
def fmt(r): return "  ".join(str(c).ljust(w) if i == 0 else str(c).rjust(w) for i, (c, w) in enumerate(zip(r, widths)))
print(fmt(head)); print("-" * len(fmt(head)))
for r in sorted(rows, key=lambda r: r[1]): print(fmt(r))
print("| " + " | ".join(f"{h:^{w}}" for h, w in zip(head, widths)) + " |")
