data = [1, 5, 2, 8, 5, 5, 2, 9, 1, 5]
counts = {}
for v in data: counts[v] = counts.get(v, 0) + 1
peak = max(counts.values())
for level in range(peak, 0, -1):
    print(f"{level:>2} |" + "".join(" #" if counts.get(v, 0) >= level else "  " for v in range(1, 10)).rstrip())
print("    " + " ".join(str(v) for v in range(1, 10)))
data.sort()
n = len(data)
median = data[n // 2] if n % 2 else (data[n // 2 - 1] + data[n // 2]) / 2
mode = max(counts, key=lambda k: (counts[k], -k))
mean = sum(data) / n
var = sum((x - mean) ** 2 for x in data) / (n - 1)
print(median, mode, f"{mean:.2f} {var:.3f} {var ** .5:.4f}", data[int(n * .9) - 1])
