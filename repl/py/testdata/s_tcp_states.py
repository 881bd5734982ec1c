transitions = {
    ("CLOSED", "active open"): ("SYN_SENT", "SYN"),
    ("SYN_SENT", "recv SYN,ACK"): ("ESTABLISHED", "ACK"),
    ("ESTABLISHED", "close"): ("FIN_WAIT_1", "FIN"),
    ("FIN_WAIT_1", "recv ACK"): ("FIN_WAIT_2", None),
    ("FIN_WAIT_2", "recv FIN"): ("TIME_WAIT", "ACK"),
}
state = "CLOSED"
for event in ["active open", "recv SYN,ACK", "close", "recv ACK", "recv FIN", "close"]:
    try:
        new, send = transitions[state, event]
    except KeyError as e:
        print("no transition from", state, "on", event, e.args)
        continue
    print(f"{state:>12} --{event}--> {new:<12}" + (f" send {send}" if send else ""))
    state = new
else:
    print("final", state)
