def classify(n):
    if n < 0: return "neg"
    elif n == 0: return "zero"
    elif n < 10:
        if n % 2: return "small odd"
        return "small even"
    else: return "big"
print([classify(n) for n in (-1, 0, 3, 4, 50)])
def find(l, x):
    for i, v in enumerate(l):
        if v == x:
            r = i
            break
    else:
        r = -1
    return r
print(find([1, 2, 3], 2), find([], 1))
out = []
for i in range(4):
    for j in range(4):
        if j == i: continue
        if j > 2: break
        out.append((i, j))
    else:
        out.append("full %d" % i)
print(out)
n = 10
while n:
    n -= 1
    if n % 3 == 0: continue
    if n < 3: break
    print(n, end=" ")
else: print("exhausted")
print()
def gauntlet():
    r = []
    for i in range(3):
        try:
            if i == 0: raise ValueError(i)
            if i == 1: continue
            r.append("body %d" % i)
        except ValueError as e:
            r.append("exc %s" % e)
            continue
        else:
            r.append("else")
        finally:
            r.append("fin %d" % i)
        r.append("after")
    return r
print(gauntlet())
def while_try():
    k = 0
    while True:
        try:
            k += 1
            if k == 2: continue
            if k == 4: return k
        finally:
            if k == 3: print("three")
print(while_try())
def nested_finally():
    try:
        try: return "a"
        finally: print("f1")
    finally: print("f2")
print(nested_finally())
def loop_return():
    for i in range(3):
        with_list = [i]
        try:
            for j in range(3):
                if j == 1: return i, j
        finally:
            print("cleanup", with_list)
print(loop_return())
def exc_in_else():
    try:
        try: pass
        except ValueError: print("no")
        else: raise KeyError("from else")
        finally: print("finally")
    except KeyError as e: return str(e)
print(exc_in_else())
def exc_in_handler():
    try:
        try: 1 / 0
        except ZeroDivisionError: [][1]
    except IndexError as e: return str(e), type(e.__context__).__name__
print(exc_in_handler())
def swallow():
    for i in range(3):
        try: raise ValueError
        except ValueError: pass
        finally:
            if i == 1: break
    return i
print(swallow())
x = 5
print("a" if x > 3 else "b" if x > 1 else "c", (x > 3) and "yes" or "no", not x > 3, x and 0 or "zero")
if x: pass
elif y_undefined: pass
print([("fizz" * (not i % 3) + "buzz" * (not i % 5)) or i for i in range(1, 16)])
pairs = [(a, b) for a in range(3) for b in range(a)]
for a, b in pairs: print(a * b, end=",")
print()
