import threading, queue, time
log = []
lock = threading.Lock()
def work(n, q, scale=1):
    for i in range(3):
        with lock:
            log.append((n, i))
        q.put(n * 10 + i * scale)
q = queue.Queue()
ts = [threading.Thread(target=work, args=(n, q), kwargs={"scale": 2}) for n in range(4)]
for t in ts: t.start()
for t in ts: t.join()
print(sorted(log), q.qsize(), [t.is_alive() for t in ts])
print(sorted(q.get() for _ in range(12)), q.empty())
e = threading.Event()
def waiter():
    print("waited", e.wait(5))
t = threading.Thread(target=waiter, daemon=True, name="w")
t.start()
print(t.name, t.daemon, t.is_alive(), e.is_set())
e.set()
t.join(5)
print(t.is_alive(), e.is_set(), e.wait(0))
e.clear()
print(e.wait(0.01))
try: q.get(timeout=0.01)
except queue.Empty as x: print("empty", repr(str(x)))
try: q.get_nowait()
except queue.Empty: print("empty")
small = queue.Queue(maxsize=1)
small.put(1)
print(small.full())
try: small.put(2, block=False)
except queue.Full: print("full")
p = queue.PriorityQueue()
for x in (3, 1, 2): p.put((x, "v%d" % x))
print([p.get() for _ in range(3)])
l = queue.LifoQueue()
for x in (3, 1, 2): l.put(x)
print([l.get() for _ in range(3)])
r = threading.RLock()
with r:
    with r: print("again")
print(lock.acquire(), lock.acquire(False), lock.locked()); lock.release()
try: lock.release()
except RuntimeError as x: print(x)
t = threading.Timer(0.01, lambda: log.append("timer"))
t.start(); t.join(); print(log[-1])
t = threading.Timer(5, lambda: print("never")); t.start(); t.cancel(); t.join()
try: t.start()
except RuntimeError as x: print(x)
stop = False
n = 0
def spin():
    global n
    while not stop: n += 1
t = threading.Thread(target=spin); t.start()
time.sleep(0.05)
stop = True
t.join()
print(n > 0, threading.current_thread().name, threading.active_count())
s = threading.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(blocking=False)); s.release(); print(s.acquire(timeout=1))
def worker(q, out):
    while True:
        x = q.get()
        if x is None: break
        out.append(x * x)
        q.task_done()
jobs, out = queue.Queue(), []
t = threading.Thread(target=worker, args=(jobs, out)); t.start()
for i in range(5): jobs.put(i)
jobs.join(); jobs.put(None); t.join(); print(out)
def late():
    time.sleep(0.05)
    print("the program waits for its threads")
threading.Thread(target=late).start()
