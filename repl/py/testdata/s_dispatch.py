handlers = {}
def on(name, fn): handlers[name] = fn; return fn
on("add", lambda a, b: a + b)
on("neg", lambda a: -a)
on("cat", lambda *a, sep="": sep.join(map(str, a)))
for name, args, kw in [("add", (1, 2), {}), ("neg", (5,), {}), ("cat", (1, "b", None), {"sep": "-"}), ("none", (), {}), ("neg", (), {})]:
    h = handlers.get(name)
    if h is None:
        print("no handler for", name); continue
    try: print(name, h(*args, **kw))
    except TypeError as e: print("TypeError", e)
