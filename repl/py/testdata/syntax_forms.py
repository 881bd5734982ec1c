# Layout: semicolons, continuations, comments, one-line blocks, nesting.
x = 1; y = 2; print(x, y);
if x: print("one"); print("line")
total = (1 +
         2 +   # comment inside

         3)
print(total)
items = [
    1,
    2,  # two
]
print(items, [
], {
    "k": 1,
}, (
    1,
))
s = "a" \
    "b"
print(s)
def f(a,
      b=2,
      *c,
      ):
    # only a comment
    return (a,
            b)
print(f(1), f(
    1,
    2,
))
if True:

    print("blank line first")

    if x:
            print("deep")
    print("back")
# comment at the left
    # odd comment
for i in range(2):
	print("tab", i)
def empty(): ...
print(empty())
class_name = "not class"; print(class_name)
print(not True or True and False, not (1 == 2), 1 + 1 if x else 0, x or y and 0, (x, y), -x ** 2, 2 ** -1, not x in [1], x not in [1])
print(1 if x else 2 if y else 3, (lambda: (yield_ := 5))(), [x for x in (1, 2) if x], {**{}}, [*[]], x if not y else y)
if (x == 1 and
    y == 2):
    print("multi-line condition")
elif x: pass
else: pass
while x < 3: x += 1
print(x)
try: pass
except: pass
else: print("else of try")
finally: print("finally")
a = b = c = d = 0; a += 1; print(a, b)
assert x == 3, "no"
lst = [1, 2, 3]; lst[0] += 5; lst[-1] *= 2; print(lst, lst[0] if lst else None)
if not lst: pass
elif lst and \
     lst[0]: print("backslash")
print("""a
  b""" + '''
c''')
print(0 or "default", "" or [] or "last", 1 and 2, 0 and 2, [] and 1, None or 0)
print(1 < 2 and 2 < 3, 1 == 1.0 == True, 3 in [1, 2, 3] == True, (3 in [1, 2, 3]) == True)
print(5 if 3 > 2 else 6 if 2 > 1 else 7, [1, 2][0], (1, 2)[1], "ab"[0][0][0], {"a": [1]}["a"][0])
lambda_list = [lambda: 1, lambda x: x, lambda x, y=2, *z, **k: (x, y, z, k)]
print(lambda_list[2](1, 2, 3, k=4))
pass; pass
print(x
      if y else
      "z")
def g(): return
print(g())
def one(): return 1; print("never")
print(one())
_ = 5; __x__ = 6; print(_, __x__)
é = "unicode name"; print(é)
print(0xFF, 0XfF, 0B1, 0O7, 1E3, 1_0.0_1, 00, 0_0)
print(r'\'', '\'', "\"", '\\', "a\
b")
print(*(i for i in range(3)), sum(i for i in range(3)))
if 1:
    pass
    # trailing comment in block

print("end")
