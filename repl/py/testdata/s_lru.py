def lru(size):
    order, store, stats = [], {}, {"hit": 0, "miss": 0}
    def get(k, make):
        if k in store:
            stats["hit"] += 1
            order.remove(k)
        else:
            stats["miss"] += 1
            if len(order) >= size: del store[order.pop(0)]
            store[k] = make(k)
        order.append(k)
        return store[k]
    get_stats = lambda: dict(stats, keys=list(order))
    return get, get_stats
get, st = lru(2)
for k in "abacab": print(k, get(k, str.upper), end="; ")
print(); print(st())
