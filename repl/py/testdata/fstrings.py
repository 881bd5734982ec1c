x, s, f, l, d = 255, "str", 3.14159, [1, 2], {"k": "v"}
print(f"{x} {s} {f} {l} {d}", f"{x:x} {x:#x} {x:08b} {x:>6}| {x:<6}| {x:^7}| {x:+} {x:,}", f"{f:.2f} {f:8.3f} {f:e} {f:g} {f:.0f} {f:%}")
print(f"{s!r} {s!s:>5} {s:>10}| {s:-^9} {s:.2}", f"{{}} {{{x}}}", f"{x + 1} {x * 2 if x else 0} {[i for i in range(3)]} {d['k']} {l[0]:03d}")
print(f"{x=} {x = } {x=:x} {s=} {s=!s} {x+1=}", f"{f:{8}.{2}f} {x:{'>'}{10}}|", f'{"nested"} {"a" + "b"}', f"{s.upper()} {len(s)} {max(1, 2)}")
print(f"a" "b" f"{x}" 'c', f"", f"{'a' 'b'}", rf"\d{x}", f"\x41{x}\n".strip(), f"{lambda_ if (lambda_ := 5) else 0}")
print(f"{(lambda v: v * 2)(4)} {({'a': 1})['a']} { {1, 1} } {(1, 2)} {x!r:>5}")
name, w, p = "pi", 10, 3
print(f"{name:>{w}}|{f:{w}.{p}f}|{f:0{w}.2f}")
print(f"""multi
{x}
 line {s:>6}""")
print(f"{'yes' if x > 5 else 'no'} {not x} {x and s} {None} {True} {...}")
print(f"{x:d}{x:5d}{-x:05d}{x:_}{1234567:,}{0.5:.1%}{1e10:g}{1e-10}{10**20}")
print("%-10s|%5.1f|%+d|% d|%05.1f|%x|%#o|%e" % ("left", 2.25, 5, 5, 2.5, 255, 8, 12345.678))
print(f"{b'x'} {b'x'!r} {[b'a']} {('t',)} {s[0]}{s[-1]}{s[1:]}")
ttl = 64
print(f"ttl={ttl:<4} flags={'SA':>4}|id={0xbeef:#06x} sum={ttl + 1:>5}")
print(f"{3:>2}/{10:<3}|{'%d' % 5}|{'{}'.format(1)}|{f'{x}'}")
print(f'{x!r}', f"{x:}", f"{'':>3}|", f"{'é':>3}|", f"{1:c}{65:c}" == "\x01A", f"{True:d} {True}", f"{'a':<3}{'b':^3}{'c':>3}.")
