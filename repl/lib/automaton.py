"""Automata: states, and the conditions, packets and times that lead from one to another."""

import queue as _queue
import threading as _threading
import time as _time


class _StateRequest(Exception):
    """What calling a state gives: raised in a state or a transition, it leads there."""

    def __init__(self, automaton, name, args, kargs):
        Exception.__init__(self, "request for state %s" % name)
        self.automaton, self.state, self.args, self.kargs = automaton, name, args, kargs
        self.action_args, self.action_kargs = (), {}
        self.initial, self.final, self.stop, self.error = automaton._states[name].atmt_marks

    def action_parameters(self, *args, **kargs):
        """The same, with arguments for the actions of the transition."""
        self.action_args, self.action_kargs = args, kargs
        return self

    def run(self):
        return self.automaton._states[self.state].atmt_body(self.automaton, *self.args, **self.kargs)

    def __repr__(self):
        return "NewStateRequested(%s)" % self.state


class Timer:
    """When a transition of @ATMT.timeout or @ATMT.timer is due: set(seconds) and get()."""

    def __init__(self, name, seconds, again):
        self.name, self.again, self.due = name, again, None
        self.set(seconds)

    def get(self):
        return self.seconds

    def set(self, seconds):
        if seconds is not None and seconds < 0:
            raise ValueError("%s: got %r, want 0 or more seconds, or None for never" % (self.name, seconds))
        self.seconds = seconds

    def begin(self, now):
        self.due = None if self.seconds is None else now + self.seconds


class ATMT:
    """The decorators of an Automaton's methods."""

    _serial = [0]

    @staticmethod
    def _mark(f, kind, state, prio):
        ATMT._serial[0] += 1
        f.atmt_kind, f.atmt_prio, f.atmt_serial = kind, prio, ATMT._serial[0]
        if state is not None:
            if getattr(state, "atmt_kind", None) != "state":
                raise TypeError("@ATMT.%s of %s(): want a method that @ATMT.state stands before, got %r" % (kind, f.__name__, state))
            f.atmt_state = state.__name__
        return f

    @staticmethod
    def state(initial=0, final=0, stop=0, error=0):
        """A state: where the automaton begins, ends with a result, goes by stop(), or ends with an error."""
        def deco(body):
            name = body.__name__

            def request(self, *args, **kargs):
                return _StateRequest(self, name, args, kargs)
            request.__name__, request.__doc__ = name, body.__doc__
            request.atmt_body, request.atmt_marks = body, (bool(initial), bool(final), bool(stop), bool(error))
            return ATMT._mark(request, "state", None, 0)
        return deco

    @staticmethod
    def condition(state, prio=0):
        """Asked when the state is entered, the lowest prio first."""
        return lambda f: ATMT._mark(f, "condition", state, prio)

    @staticmethod
    def receive_condition(state, prio=0):
        """Asked about each packet that comes while the automaton is in the state."""
        return lambda f: ATMT._mark(f, "receive_condition", state, prio)

    @staticmethod
    def eof(state):
        """Asked when no more packets can come."""
        return lambda f: ATMT._mark(f, "eof", state, 0)

    @staticmethod
    def ioevent(state, name, prio=0, as_supersocket=None):
        """Asked about each thing that a.io.NAME.send() hands in: the method gets what has recv()."""
        def deco(f):
            f.atmt_io = name
            return ATMT._mark(f, "ioevent", state, prio)
        return deco

    @staticmethod
    def timeout(state, timeout):
        """Asked once when the automaton has been in the state for so many seconds."""
        return lambda f: ATMT._timed(f, "timeout", state, timeout)

    @staticmethod
    def timer(state, timeout, prio=0):
        """Asked again and again, every so many seconds."""
        return lambda f: ATMT._timed(f, "timer", state, timeout)

    @staticmethod
    def _timed(f, kind, state, seconds):
        f.atmt_seconds = seconds
        return ATMT._mark(f, kind, state, 0)

    @staticmethod
    def action(cond, prio=0):
        """Done when the transition leads to another state."""
        def deco(f):
            if getattr(cond, "atmt_kind", "state") in ("state", "action"):
                raise TypeError("@ATMT.action of %s(): want a method that is a transition, got %r" % (f.__name__, cond))
            bound = getattr(f, "atmt_actions", [])
            ATMT._mark(f, getattr(f, "atmt_kind", "action"), None, 0)
            f.atmt_actions = bound + [(cond.__name__, prio)]
            return f
        return deco


class _Pipe:
    """A way between the automaton and the program: send() hands over, recv() waits for what the other side sent."""

    def __init__(self, put):
        self.got, self._put = _queue.Queue(), put

    def send(self, value):
        self._put(value)

    write = send

    def recv(self, n=None):
        return self.got.get()

    read = recv


class _Pipes:
    def __init__(self):
        self._all = {}

    def __getattr__(self, name):
        if name in self._all:
            return self._all[name]
        raise AttributeError("no ioevent is named %r; there are: %s" % (name, ", ".join(self._all) or "none"))


class Automaton:
    """A class below it has states, @ATMT.state(), and transitions between them: X(…).run() goes from the initial state to a
    final one, and gives what that returned. X(…).runbg() does so beside the program until stop().

    parse_args(self, …) takes arguments of the class's own; it is to hand the others on: Automaton.parse_args(self, **kargs).
    debug: print what happens. store: keep what came in self.packets. ll, recvsock: what sockets to send and receive by, such as
    conf.L2socket. The others are those of sniff(): iface=, filter=, netns=. master_filter(self, pkt) chooses packets for all states."""

    class AutomatonException(Exception):
        def __init__(self, msg, state=None, result=None):
            Exception.__init__(self, msg)
            self.state, self.result = state, result

    class ErrorState(AutomatonException):
        """An error state was reached; its result says why."""

    class Stuck(AutomatonException):
        """A state that nothing leads away from."""

    class AutomatonStopped(AutomatonException):
        """stop() ended it."""

    class Breakpoint(AutomatonException):
        """A state of add_breakpoints() was reached; run() goes on."""

    _send_options = ("iface", "netns")

    def __init__(self, *args, **kargs):
        self._collect()
        self._events, self._thread, self._steps = _queue.Queue(), None, None
        self._sniffer = self._send_socket = None
        self._breakpoints, self._result, self._failure = set(), None, None
        self.io, self.oi = _Pipes(), _Pipes()
        for f in self._all("ioevent"):
            name = f.atmt_io
            out = _Pipe(lambda v, name=name: self._events.put(("io", name, v)))
            self.io._all[name] = out
            self.oi._all[name] = _Pipe(out.got.put)
        self._args, self._kargs = args, kargs
        self.debug_level, self.state = 0, None
        self.parse_args(*args, **kargs)
        self.packets = PacketList(name="session[%s]" % type(self).__name__)

    def parse_args(self, debug=0, store=0, session=None, ll=None, recvsock=None, **kargs):
        """Called with the arguments of the class and of run()."""
        self.debug_level, self.store_packets, self.ll, self.recvsock = debug, store, ll, recvsock
        if session is not None:
            kargs["session"] = session
        self.socket_kargs = kargs

    def master_filter(self, pkt):
        """Whether the packet is for this automaton."""
        return True

    # What the class has.

    def _collect(self):
        cls, self._methods, self._states, self.timeout, self._timers = type(self), [], {}, {}, {}
        for name in dir(cls):
            f = getattr(cls, name)
            kind = getattr(f, "atmt_kind", None)
            if kind == "state":
                self._states[name] = f
            elif kind:
                self._methods.append(f)
        self._methods.sort(key=lambda f: (f.atmt_prio, f.atmt_serial))
        initial = [n for n, f in self._states.items() if f.atmt_marks[0]]
        if len(initial) != 1:
            raise TypeError("%s: want one state of @ATMT.state(initial=1), got %d" % (cls.__name__, len(initial)))
        self._initial = initial[0]
        self._stop_states = [n for n, f in self._states.items() if f.atmt_marks[2]]
        for f in self._all("timeout") + self._all("timer"):
            self._timers[f.__name__] = Timer(f.__name__, f.atmt_seconds, f.atmt_kind == "timer")

    def _all(self, kind, state=None):
        """The transitions of a kind, those of a state."""
        return [f for f in self._methods if f.atmt_kind == kind and (state is None or f.atmt_state == state)]

    def timer_by_name(self, name):
        """The Timer of a method of @ATMT.timeout or @ATMT.timer, None if there is none."""
        return self._timers.get(name)

    def _actions(self, transition):
        bound = [(prio, f.atmt_serial, f) for f in self._methods for name, prio in getattr(f, "atmt_actions", []) if name == transition]
        return [f for _, _, f in sorted(bound, key=lambda b: b[:2])]

    # Packets.

    def _open(self):
        """Capture from now on, if any state waits for packets."""
        if self._sniffer is not None or not self._all("receive_condition") and not self._all("eof"):
            return
        options = dict(self.socket_kargs)
        if self.recvsock is not None:
            options = {"opened_socket": self.recvsock(**options)}
        events = self._events
        self._sniffer = AsyncSniffer(store=False, quiet=True, prn=lambda p: events.put(("packet", p)), **options)
        self._sniffer.start()
        _threading.Thread(target=self._watch, args=(self._sniffer,), daemon=True).start()

    def _watch(self, sniffer):
        try:
            sniffer.join()
            self._events.put(("eof", None))
        except Exception as e:
            self._events.put(("eof", e))

    def _close(self):
        sniffer, self._sniffer = self._sniffer, None
        if sniffer is not None and sniffer.running:
            sniffer.stop()
        if self._send_socket is not None:
            self._send_socket.close()
            self._send_socket = None

    def my_send(self, pkt, **kargs):
        """Put a packet on the way: by send(), or by a socket of the argument ll."""
        options = {k: v for k, v in self.socket_kargs.items() if k in self._send_options}
        if self.ll is None:
            send(pkt, verbose=0, **options)
            return
        if self._send_socket is None:
            self._send_socket = self.ll(**options)
        self._send_socket.send(pkt)

    def send(self, pkt, **kargs):
        """Send a packet."""
        self.debug(3, "SENT: %s" % pkt.summary())
        self.my_send(pkt, **kargs)
        if self.store_packets:
            self.packets.append(pkt.copy())

    # The way from state to state.

    def debug(self, level, text):
        """Print text if the argument debug is as high as level."""
        if self.debug_level >= level:
            print("%s: %s" % (type(self).__name__, text))

    def _try(self, transition, *args):
        """Ask a transition; what it raises to change the state is raised when its actions are done."""
        try:
            self.debug(5, "trying %s [%s]" % (transition.atmt_kind, transition.__name__))
            transition(self, *args)
        except _StateRequest as request:
            self.debug(2, "%s [%s] taken to state [%s]" % (transition.atmt_kind, transition.__name__, request.state))
            for action in self._actions(transition.__name__):
                self.debug(2, "   + running action [%s]" % action.__name__)
                action(self, *request.action_args, **request.action_kargs)
            raise

    def _go(self):
        """Run; a step of this generator is a state that was left."""
        request = _StateRequest(self, self._initial, (), {})
        self._open()
        try:
            while True:
                self.state = request
                self.debug(1, "## state=[%s]" % request.state)
                if request.state in self._breakpoints:
                    yield self.Breakpoint("breakpoint triggered on state [%s]" % request.state, state=request.state)
                try:
                    result = request.run()
                    if request.error:
                        raise self.ErrorState("Reached %s: [%r]" % (request.state, result), result=result, state=request.state)
                    if request.final:
                        self._result = result
                        return
                    self._wait(request.state, result)
                except _StateRequest as following:
                    yield request
                    request = following
        finally:
            self._close()

    def _wait(self, state, result):
        """Be in a state until a transition raises another."""
        args = () if result is None else tuple(result) if isinstance(result, list) else (result,)
        for f in self._all("condition", state):
            self._try(f, *args)
        receivers, ends, events = self._all("receive_condition", state), self._all("eof", state), self._all("ioevent", state)
        timed = self._all("timeout", state) + self._all("timer", state)
        if not (receivers or ends or events or timed):
            raise self.Stuck("stuck in [%s]" % state, state=state, result=result)
        now = _time.monotonic()
        for f in timed:
            self._timers[f.__name__].begin(now)
        while True:
            waiting = [(self._timers[f.__name__], f) for f in timed if self._timers[f.__name__].due is not None]
            timer, f = min(waiting, key=lambda w: w[0].due) if waiting else (None, None)
            now = _time.monotonic()
            if timer is not None and timer.due <= now:
                timer.due = None
                if timer.again:
                    timer.begin(now)
                self._try(f, *args)
                continue
            try:
                event = self._events.get(timeout=None if timer is None else timer.due - now)
            except _queue.Empty:
                continue
            self._take(event, receivers, ends, events, args)

    def _take(self, event, receivers, ends, events, args):
        """Ask the transitions about what came."""
        kind = event[0]
        if kind == "packet":
            pkt = event[1]
            if not self.master_filter(pkt):
                return
            if self.store_packets:
                self.packets.append(pkt)
            self.debug(3, "RECVD: %s" % pkt.summary())
            for f in receivers:
                self._try(f, pkt, *args)
        elif kind == "eof":
            for f in ends:
                self._try(f, *args)
            raise event[1] or EOFError("no more packets can come")
        elif kind == "io":
            pipe = self.oi._all[event[1]]
            for f in events:
                if f.atmt_io == event[1]:
                    pipe.got.put(event[2])
                    self._try(f, pipe, *args)
        elif kind == "stop":
            if event[1] and self._stop_states:
                raise _StateRequest(self, self._stop_states[0], (), {})
            raise self.AutomatonStopped("stopped in [%s]" % self.state.state, state=self.state.state)

    # What programs call.

    def start(self, *args, **kargs):
        """Run beside the program; arguments replace those that the automaton was made with."""
        self.runbg(*args, **kargs)

    def run(self, *args, wait=True, **kargs):
        """Run to the end, and give what the final state returned. wait=False runs beside the program."""
        if not wait:
            return self.runbg(*args, **kargs)
        for step in self._begin(args, kargs):
            if isinstance(step, self.Breakpoint):
                raise step
        self._steps = None
        return self._result

    def _begin(self, args, kargs):
        if self.isrunning():
            raise RuntimeError("%s is running already" % type(self).__name__)
        if self._steps is None:
            if args or kargs:
                self._args = args or self._args
                self._kargs = dict(self._kargs, **kargs)
                self.parse_args(*self._args, **self._kargs)
            self._events, self._result = _queue.Queue(), None
            for name, pipe in self.io._all.items():
                pipe._put = lambda v, name=name: self._events.put(("io", name, v))
            self._steps = self._go()
        return self._steps

    def runbg(self, *args, **kargs):
        """Run beside the program."""
        steps = self._begin(args, kargs)
        self._failure = None

        def go():
            try:
                for step in steps:
                    if isinstance(step, self.Breakpoint):
                        raise step
            except self.AutomatonStopped:
                pass
            except Exception as e:
                self._failure = e
            finally:
                self._steps = None
        self._thread = _threading.Thread(target=go, daemon=True)
        self._thread.start()

    def next(self):
        """Go on to the next state, and give it; what a final state returned is in the StopIteration behind it."""
        for step in self._begin((), {}):
            return self.state
        self._steps = None
        raise StopIteration(self._result)

    __next__ = next

    def __iter__(self):
        return self

    def isrunning(self):
        """Whether it runs beside the program."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self, timeout=None):
        """Wait until what runs beside the program has ended, and give the result. What went wrong there is raised."""
        if self._thread is not None:
            self._thread.join(timeout)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        return self._result

    def stop(self, wait=True):
        """End it: by its stop state, if it has one."""
        self._events.put(("stop", True))
        if wait:
            self.wait()

    def forcestop(self, wait=True):
        """End it at once."""
        self._events.put(("stop", False))
        if wait:
            self.wait()

    def restart(self, *args, **kargs):
        """End it and run it again, beside the program."""
        if self.isrunning():
            self.forcestop()
        self._steps = None
        self.runbg(*args, **kargs)

    def destroy(self):
        """End it and let go of what it holds."""
        if self.isrunning():
            self.forcestop()
        if self._steps is not None:
            self._steps.close()
            self._steps = None

    def add_breakpoints(self, *states):
        """Have run() raise Breakpoint where these states begin; run() again goes on."""
        self._breakpoints.update(s.__name__ if callable(s) else s for s in states)

    def remove_breakpoints(self, *states):
        """Take breakpoints away."""
        self._breakpoints.difference_update(s.__name__ if callable(s) else s for s in states)
