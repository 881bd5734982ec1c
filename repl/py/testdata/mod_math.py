import math
print(math.gcd(12, 18, 27), math.gcd(), math.gcd(-4, 0), math.lcm(4, 6), math.lcm(), math.lcm(3, 0), math.factorial(25), math.comb(50, 6), math.comb(3, 5), math.perm(5, 2), math.perm(4), math.isqrt(10 ** 40 + 1))
print(math.fsum([0.1] * 10), sum([0.1] * 10), math.fsum([1e100, 1, -1e100]), math.prod([2, 3, 4]), math.prod([1.5, 2], start=4), math.hypot(3, 4), math.hypot(1, 2, 3), math.hypot(), math.dist((1, 2), (4, 6)), math.hypot(1e200, 1e200))
print(math.floor(2.7), math.ceil(2.1), math.trunc(-2.7), math.floor(-0.5), math.floor(10 ** 30), math.ceil(1e30), math.floor(True))
print(math.atan2(1, -1), math.degrees(math.pi), math.radians(180), math.log(8, 2), math.log(math.e), math.log2(8), math.log10(1000), math.log(10 ** 400), math.log2(2 ** 5000), math.log(100, 10))
print(math.isclose(0.1 + 0.2, 0.3), math.isclose(1, 1.1), math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-10, abs_tol=1e-9), math.isfinite(math.inf), math.isinf(-math.inf), math.isnan(math.nan))
print(math.modf(-2.5), math.frexp(10), math.ldexp(0.5, 4), math.fmod(-7, 3), math.copysign(1, -0.0), math.pow(2, 0.5), math.sqrt(2), math.tau, math.remainder(5, 3), round(math.cbrt(27), 9))
for f in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.log(-1), lambda: math.factorial(-1), lambda: math.isqrt(-1), lambda: math.exp(1000), lambda: math.floor(math.inf), lambda: math.floor(math.nan), lambda: math.acos(2), lambda: math.gcd(1.5), lambda: math.floor("a"), lambda: math.sqrt("a"), lambda: math.comb(-1, 2), lambda: math.pow(0, -1), lambda: math.log(2, 1)]:
    try:
        print(f())
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
