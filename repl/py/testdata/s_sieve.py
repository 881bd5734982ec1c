def primes(n):
    sieve = [True] * (n + 1)
    sieve[0:2] = [False, False]
    i = 2
    while i * i <= n:
        if sieve[i]:
            sieve[i * i::i] = [False] * len(sieve[i * i::i])
        i += 1
    return [i for i, p in enumerate(sieve) if p]
print(primes(50), len(primes(5000)))
def factor(n):
    out, d = [], 2
    while d * d <= n:
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1
    return out + ([n] if n > 1 else [])
print([factor(n) for n in (12, 97, 360, 2 ** 16 + 1, 1)])
