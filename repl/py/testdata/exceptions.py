# try/except/else/finally in all their shapes.
def a(x):
    try:
        if x == 0: raise ValueError("zero")
        if x == 1: return "ret"
        if x == 2: 1 / 0
        if x == 3: {}["k"]
        print("body", x)
    except ValueError as e:
        print("VE", e, e.args, repr(e))
        return "handled"
    except (ZeroDivisionError, KeyError) as e:
        print(type(e).__name__, e)
    else:
        print("else", x)
    finally:
        print("finally", x)
    return "end"
for i in range(5): print(a(i))
def fin_return():
    try:
        return 1
    finally:
        return 2
print(fin_return())
def fin_swallow():
    try:
        raise ValueError("lost")
    finally:
        return "swallowed"
print(fin_swallow())
def fin_loop():
    out = []
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
            out.append(i)
        finally:
            out.append("f%d" % i)
    return out
print(fin_loop())
def fin_value():
    x = 1
    try:
        return x
    finally:
        x = 2
print(fin_value())
try:
    try:
        raise KeyError("inner")
    except KeyError as e:
        raise ValueError("outer") from e
except ValueError as e:
    print(repr(e), repr(e.__cause__), e.__context__ is e.__cause__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("while handling")
except ValueError as e:
    print(repr(e.__context__), e.__cause__)
def reraise():
    try:
        raise ValueError("again")
    except ValueError:
        try:
            raise
        except ValueError as e:
            return repr(e)
print(reraise())
try:
    raise
except RuntimeError as e:
    print(e)
for exc in (ValueError, ValueError(), ValueError("a"), ValueError("a", 1), KeyError("k"), KeyError(1, 2), Exception([1]), OSError(2, "msg"), OSError(2, "msg", "file"), StopIteration(5), SystemExit(3), AssertionError()):
    try:
        raise exc
    except BaseException as e:
        print(type(e).__name__, "|", str(e), "|", repr(e), "|", e.args)
print(isinstance(ValueError("x"), Exception), issubclass(KeyError, LookupError), issubclass(IndexError, (KeyError, LookupError)), issubclass(KeyboardInterrupt, Exception), issubclass(SystemExit, BaseException))
print(issubclass(FileNotFoundError, OSError), IOError is OSError, issubclass(ModuleNotFoundError, ImportError), issubclass(UnicodeDecodeError, ValueError), issubclass(RecursionError, RuntimeError), issubclass(ZeroDivisionError, ArithmeticError), issubclass(ConnectionRefusedError, ConnectionError), issubclass(TimeoutError, OSError))
try:
    open("/nonexistent/file")
except FileNotFoundError as e:
    print(e.errno, e.strerror, e.filename, e)
try:
    open("/")
except IsADirectoryError as e:
    print(e)
try:
    try:
        raise KeyboardInterrupt
    except Exception:
        print("wrong")
except KeyboardInterrupt:
    print("KI passes Exception")
try:
    try:
        raise SystemExit(2)
    except Exception:
        print("wrong")
except BaseException as e:
    print(type(e), e.code)
try:
    import sys
    sys.exit(4)
except SystemExit as e:
    print("exit", e.code)
e = "outer e"
try:
    raise ValueError
except ValueError as e:
    pass
try:
    e
except NameError:
    print("e deleted")
def f():
    try:
        return "try"
    except:
        return "exc"
    else:
        return "else"
print(f())
try:
    assert 1 == 2, "message"
except AssertionError as x:
    print(x, x.args)
try:
    assert []
except AssertionError as x:
    print(repr(x))
assert True, "never"
try:
    raise "string"
except TypeError as x:
    print(x)
try:
    raise 5
except TypeError as x:
    print(x)
try:
    try:
        1/0
    except "notaclass":
        pass
except TypeError as x:
    print(x)
def nested():
    try:
        try:
            raise ValueError("v")
        finally:
            print("inner finally")
    except ValueError:
        print("outer except")
        raise TypeError("t")
    finally:
        print("outer finally")
try:
    nested()
except TypeError as x:
    print("got", x)
def deep(n):
    return deep(n + 1)
try:
    deep(0)
except RecursionError as x:
    print(x)
while True:
    try:
        break
    finally:
        print("break finally")
x = ValueError("v")
x.note = "attr"
print(x.note, x.args[0])
try:
    raise ValueError("one") from None
except ValueError as x:
    print(x.__cause__)
try:
    [][1]
except LookupError as x:
    print("Lookup", x)
try:
    undefined_name_zzz
except NameError as x:
    print(x)
try:
    int("abc")
except (TypeError, ValueError) as x:
    print(x)
def gen_err():
    return [1 // (i - 2) for i in range(5)]
try:
    gen_err()
except ZeroDivisionError as x:
    print("comp", x)
try:
    sum(1 // (i - 2) for i in range(5))
except ZeroDivisionError as x:
    print("gen", x)
try:
    sorted([3, 1], key=lambda v: v.nope)
except AttributeError as x:
    print(x)
