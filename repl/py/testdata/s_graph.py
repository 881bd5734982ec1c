graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}
def bfs(start, goal):
    queue, seen = [[start]], {start}
    while queue:
        path = queue.pop(0)
        if path[-1] == goal: return path
        for n in graph[path[-1]]:
            if n not in seen:
                seen.add(n)
                queue.append(path + [n])
    return None
print(bfs("a", "d"), bfs("d", "a"))
def topo():
    out, marks = [], {}
    def visit(n):
        if marks.get(n) == 2: return
        if marks.get(n) == 1: raise ValueError("cycle at " + n)
        marks[n] = 1
        for m in graph[n]: visit(m)
        marks[n] = 2
        out.insert(0, n)
    for n in sorted(graph): visit(n)
    return out
print(topo())
graph["d"].append("a")
try: topo()
except ValueError as e: print(e)
