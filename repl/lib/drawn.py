"""Values drawn anew for each packet that are made of others."""

import random as _random


def DelayedEval(expr):
    """What an expression of the shell's own names gives, computed anew for each packet: DelayedEval("RandShort()")."""
    return VolatileValue(eval("lambda: (%s\n)" % expr), "DelayedEval")


def RandTCPOptions(size=None):
    """A list of options of TCP; size is how many there are at most."""
    makers = [lambda: ("NOP", None), lambda: ("MSS", int(RandShort())), lambda: ("WScale", int(RandByte())), lambda: ("SAckOK", b""),
              lambda: ("Timestamp", (int(RandInt()), int(RandInt()))), lambda: ("SAck", (int(RandInt()), int(RandInt()))),
              lambda: ("UTO", int(RandShort())), lambda: (int(RandNum(30, 252)), bytes(RandBin(RandNum(0, 4))))]

    def draw():
        options, room = [], 40  # bytes of options that a header can have (RFC 9293 section 3.1)
        for _ in range(_random.randint(1, size or 5)):
            option = _random.choice(makers)()
            took = len(TCP(options=[option])) - 20  # filled up to words
            if took <= room:
                options.append(option)
                room -= took
        return options
    return VolatileValue(draw, "RandTCPOptions")
