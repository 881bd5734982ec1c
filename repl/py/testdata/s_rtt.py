samples = [12.5, 11.2, 30.75, 12.0, 11.875]
srtt = rttvar = None
for r in samples:
    if srtt is None: srtt, rttvar = r, r / 2
    else:
        rttvar = 0.75 * rttvar + 0.25 * abs(srtt - r)
        srtt = 0.875 * srtt + 0.125 * r
    print("%.3f %.3f rto=%.2f" % (srtt, rttvar, max(200, srtt + 4 * rttvar)))
print("min/avg/max = %.3f/%.3f/%.3f ms" % (min(samples), sum(samples) / len(samples), max(samples)))
mean = sum(samples) / len(samples)
print(round((sum((s - mean) ** 2 for s in samples) / len(samples)) ** 0.5, 3))
