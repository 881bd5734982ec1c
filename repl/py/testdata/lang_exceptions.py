class ProbeError(Exception): pass
class TimeoutErr(ProbeError):
    """none came"""
    def __init__(self, dst, after=1):
        super().__init__(f"{dst} did not answer")
        self.dst, self.after = dst, after
class Coded(ValueError):
    code = 7
    def __str__(self): return f"code {self.code}: {self.args[0]}"
    def describe(self): return "described " + str(self)
for make in (lambda: ProbeError("x", 1), lambda: TimeoutErr("h", after=3), lambda: Coded("bad"), lambda: ProbeError()):
    try: raise make()
    except TimeoutErr as e: print("timeout", e, e.dst, e.after, e.args, repr(e))
    except ProbeError as e: print("probe", e, repr(e), e.args, type(e).__name__)
    except ValueError as e: print("value", e, e.code, e.describe(), isinstance(e, Coded), repr(e))
print(issubclass(TimeoutErr, ProbeError), issubclass(Coded, ValueError), issubclass(Coded, ProbeError), TimeoutErr.__mro__[1].__name__, TimeoutErr.__name__, Coded.code)
class Old(Exception):
    def __init__(self, msg):
        Exception.__init__(self, msg)
        self.msg = msg
try: raise Old("m")
except Exception as e: print(e, e.msg, e.args)
try:
    try: raise Coded("inner")
    except Coded as e: raise ProbeError("outer") from e
except ProbeError as e: print(e, "from", e.__cause__)
def f():
    raise TimeoutErr("z")
try: f()
except (KeyError, ProbeError) as e: print(e)
try: TimeoutErr()
except TypeError as e: print("TypeError")
try: raise ProbeError
except ProbeError as e: print(repr(e))
class Cleanup:
    def __enter__(self): return self
    def __exit__(self, t, v, tb): return issubclass(t, ProbeError) if t else False
with Cleanup(): raise TimeoutErr("swallowed")
print("after")
