import threading, queue, time
class Worker(threading.Thread):
    def __init__(self, q, out):
        super().__init__(daemon=True, name="w")
        self.q, self.out = q, out
    def run(self):
        while True:
            x = self.q.get()
            if x is None: break
            self.out.append(x * x)
            self.q.task_done()
q, out = queue.Queue(), []
w = Worker(q, out); w.start()
for i in range(5): q.put(i)
q.put(None); w.join()
print(out, w.is_alive(), w.name, w.daemon, isinstance(w, threading.Thread))
class Simple(threading.Thread):
    def run(self): self.result = sum(range(10))
s = Simple(); s.start(); s.join(); print(s.result)
class Old(threading.Thread):
    def __init__(self, n):
        threading.Thread.__init__(self)
        self.n = n
        self.stop_event = threading.Event()
    def run(self):
        self.stop_event.wait()
        self.n += 1
    def stop(self): self.stop_event.set()
o = Old(4); o.start(); o.stop(); o.join(); print(o.n)
class Store:
    def __init__(self): self.lock, self.n = threading.Lock(), 0
    def add(self):
        for _ in range(100):
            with self.lock: self.n += 1
st = Store()
ts = [threading.Thread(target=st.add) for _ in range(4)]
for t in ts: t.start()
for t in ts: t.join()
print(st.n)
