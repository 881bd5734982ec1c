def rpn(expr):
    stack = []
    ops = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
    for tok in expr.split():
        if tok in ops:
            try: b, a = stack.pop(), stack.pop()
            except IndexError: raise ValueError("stack underflow at %r" % tok) from None
            stack.append(ops[tok](a, b))
        else: stack.append(float(tok) if "." in tok else int(tok))
    if len(stack) != 1: raise ValueError("left over: %s" % stack)
    return stack[0]
for e in ("1 2 +", "3 4 * 5 -", "1.5 2 *", "8 2 /", "+", "1 2", "1 0 /", "x"):
    try: print(e, "=", rpn(e))
    except (ValueError, ZeroDivisionError) as err: print(e, "->", type(err).__name__, err)
