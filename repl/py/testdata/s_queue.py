# A queue with a fixed size, as dicts and functions: what classes would do.
def new_queue(size): return {"size": size, "items": [], "drops": 0}
def put(q, x):
    if len(q["items"]) >= q["size"]:
        q["drops"] += 1
        return False
    q["items"].append(x)
    return True
def get(q): return q["items"].pop(0) if q["items"] else None
q = new_queue(2)
print([put(q, i) for i in range(4)], q["drops"], get(q), get(q), get(q), q)
events = sorted([(0.5, "b"), (0.1, "a"), (0.5, "a")])
while events:
    t, name = events.pop(0)
    print("%.1f %s" % (t, name))
    if name == "a" and t < 0.4:
        events.append((0.3, "c")); events.sort()
