MOD = 2 ** 32
def lt(a, b): return 0 < (b - a) % MOD < 2 ** 31
isn = 4294967292
for d in range(6):
    seq = (isn + d) % MOD
    print(seq, hex(seq), lt(isn, seq), lt(seq, isn))
print((isn + 3 + 1) % MOD, (0 - isn) % MOD, -1 % MOD, ~0 & 0xffffffff)
