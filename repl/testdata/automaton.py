from scapy.all import *
conf.verb = 0
conf.L3socket = L3RawSocket
# The first of the documentation.
class HelloWorld(Automaton):
    @ATMT.state(initial=1)
    def BEGIN(self):
        print("State=BEGIN")
    @ATMT.condition(BEGIN)
    def wait_for_nothing(self):
        print("Wait for nothing...")
        raise self.END()
    @ATMT.action(wait_for_nothing)
    def on_nothing(self):
        print("Action on 'nothing' condition")
    @ATMT.state(final=1)
    def END(self):
        print("State=END")
a = HelloWorld()
print(a.run())
# Priorities, actions and what is handed on.
class Example(Automaton):
    def parse_args(self, n=0, **kargs):
        Automaton.parse_args(self, **kargs)
        self.n = n
    @ATMT.state(initial=1)
    def BEGIN(self):
        self.n += 1
        return "got", self.n
    @ATMT.state()
    def MIDDLE(self, a, b=2):
        print("MIDDLE", a, b)
        if self.n < 3:
            raise self.BEGIN()
    @ATMT.state(final=1)
    def END(self):
        return "done", self.n
    @ATMT.condition(BEGIN, prio=2)
    def certainly(self, res):
        raise self.MIDDLE(res[0], b=5).action_parameters("x", k=1)
    @ATMT.condition(BEGIN, prio=1)
    def maybe(self, res):
        print("maybe", res)
        if self.n > 5:
            raise self.END()
    @ATMT.action(maybe)
    def maybe_action(self):
        print("lucky")
    @ATMT.action(certainly)
    def certainly_action(self, x, k=0):
        print("not lucky", x, k)
    @ATMT.action(certainly, prio=-1)
    @ATMT.action(maybe, prio=1)
    def always(self, *a, **k):
        print("always", a, k)
    @ATMT.timeout(MIDDLE, 0.01)
    def late(self):
        print("late")
        raise self.END()
a = Example(n=1)
print(a.run())
class Child(Example):
    @ATMT.state(final=1)
    def END(self):
        return "child"
print(Child(n=5).run())
# How it may fail.
class Bad(Automaton):
    @ATMT.state(initial=1)
    def BEGIN(self):
        raise self.FAIL("why")
    @ATMT.state(error=1)
    def FAIL(self, why):
        return why
class Stuck(Automaton):
    @ATMT.state(initial=1)
    def BEGIN(self):
        pass
try:
    Bad().run()
except Automaton.ErrorState as e:
    print(e, e.result, e.state)
try:
    Stuck().run()
except Automaton.Stuck as e:
    print(e, e.state)
class Steps(Automaton):
    @ATMT.state(initial=1)
    def A(self):
        raise self.B()
    @ATMT.state()
    def B(self):
        print("in B")
        raise self.C()
    @ATMT.state(final=1)
    def C(self):
        return 7
a = Steps()
a.add_breakpoints(Steps.B)
try:
    a.run()
except Automaton.Breakpoint as e:
    print(e, e.state)
print(a.run())
# What the program hands in.
class Echo(Automaton):
    @ATMT.state(initial=1)
    def BEGIN(self):
        pass
    @ATMT.ioevent(BEGIN, name="tst")
    def got(self, fd):
        raise self.SAY(fd.recv())
    @ATMT.state()
    def SAY(self, x):
        self.oi.tst.send(x * 2)
        if x == b"q":
            raise self.END()
        raise self.BEGIN()
    @ATMT.state(final=1)
    def END(self):
        return 1
a = Echo()
a.runbg()
a.io.tst.send(b"ab")
print(a.io.tst.recv())
a.io.tst.send(b"q")
print(a.io.tst.recv())
# Beside the program, until stop().
class Clock(Automaton):
    @ATMT.state(initial=1)
    def BEGIN(self):
        self.ticks = 0
    @ATMT.timer(BEGIN, 0.01)
    def tick(self):
        self.ticks += 1
        if self.ticks == 3:
            self.oi.ready.send(self.ticks)
    @ATMT.ioevent(BEGIN, name="ready")
    def asked(self, fd):
        fd.recv()
    @ATMT.state(stop=1)
    def STOP(self):
        print("stopping")
    @ATMT.condition(STOP)
    def bye(self):
        raise self.END()
    @ATMT.state(final=1)
    def END(self):
        print("end")
a = Clock()
print(a.timer_by_name("tick").get(), a.timer_by_name("no"))
a.runbg()
print(a.io.ready.recv())
a.stop()
# What is refused.
for wrong in ("ATMT.condition(5)(len)", "ATMT.action(HelloWorld.BEGIN)(len)"):
    try:
        eval(wrong)
        print("taken")
    except Exception as e:
        print(type(e).__name__ != "SyntaxError")
