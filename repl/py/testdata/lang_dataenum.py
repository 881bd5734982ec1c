from dataclasses import dataclass, field, asdict, astuple, replace, fields
from enum import Enum, IntEnum, Flag, IntFlag, auto
from typing import List, Optional, Dict
from abc import ABC, abstractmethod
@dataclass
class Probe:
    dst: str
    port: int = 80
    flags: List[str] = field(default_factory=list)
    hidden: Optional[int] = field(default=None, repr=False)
    def label(self) -> str: return f"{self.dst}:{self.port}"
p, q = Probe("a"), Probe("a", port=443)
print(p, q.label(), p == Probe("a"), p == q, asdict(q), astuple(p), replace(p, port=9), [f.name for f in fields(Probe)])
p.flags.append("S"); print(p, q.flags)
@dataclass(order=True, frozen=True)
class Point:
    x: int
    y: int = 0
    def __post_init__(self): pass
print(sorted([Point(2), Point(1, 5), Point(1, 2)]), Point(1) < Point(2), len({Point(1), Point(1)}), Point(3).x)
for bad in (lambda: Point(), lambda: Point(1, 2, 3), lambda: Point(z=1), lambda: setattr(Point(1), "x", 2)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
@dataclass
class Sub(Probe):
    ttl: int = 64
print(Sub("b", ttl=3))
class State(Enum):
    CLOSED = 0
    LISTEN = auto()
    OPEN = 7
    ALIAS = 7
    def short(self): return self.name[:2]
print(State.LISTEN, State.OPEN.value, repr(State.CLOSED), State(7), State["LISTEN"].name, list(State), len(State), State.ALIAS is State.OPEN, State.OPEN == State.OPEN, State.OPEN == 7, State.OPEN.short(), State.OPEN in State, {State.OPEN: 1}[State(7)], isinstance(State.OPEN, State))
for bad in (lambda: State(99), lambda: State["NO"], lambda: State.NOPE):
    try: bad()
    except Exception as e: print(type(e).__name__)
class Proto(IntEnum):
    ICMP = 1
    TCP = 6
print(Proto.TCP, Proto.TCP + 1, Proto.TCP == 6, Proto(6).name, f"{Proto.TCP:02d} {Proto.ICMP}", int(Proto.TCP), Proto.TCP > Proto.ICMP, sorted([Proto.TCP, Proto.ICMP]), repr(Proto.TCP), hex(Proto.TCP), [10, 11, 12][Proto.ICMP], {6: "tcp"}[Proto.TCP], "%d" % Proto.TCP, max(Proto))
class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
print(Perm.R | Perm.W, (Perm.R | Perm.W) & Perm.R, Perm.X.value, bool(Perm.R & Perm.W), Perm.R in Perm.R | Perm.W)
class F(IntFlag):
    FIN = 1
    SYN = 2
    ACK = 16
print(int(F.SYN | F.ACK), F(18) == F.SYN | F.ACK, F.SYN & 2)
class Color(Enum):
    RED = (255, 0)
    BLUE = (0, 255)
    def __init__(self, r, b): self.r, self.b = r, b
    @property
    def total(self): return self.r + self.b
    @classmethod
    def default(cls): return cls.RED
print(Color.RED.r, Color.BLUE.total, Color.default())
class Base(ABC):
    @abstractmethod
    def run(self): ...
    def go(self): return self.run()
class Impl(Base):
    def run(self): return "ran"
print(Impl().go())
try: Base()
except TypeError as e: print(e)
