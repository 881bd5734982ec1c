attempts = []
def flaky(n):
    attempts.append(n)
    if len(attempts) < 3: raise ConnectionRefusedError(111, "Connection refused")
    return "ok"
def retry(fn, times, *args, **kw):
    last = None
    for i in range(times):
        try:
            return fn(*args, **kw)
        except OSError as e:
            last = e
            print("attempt", i + 1, "failed:", e)
        finally:
            print("cleanup", i + 1)
    raise last
print(retry(flaky, 5, 1), attempts)
attempts.clear()
try: retry(flaky, 2, n=2)
except ConnectionError as e: print("gave up:", e.errno, type(e).__name__)
