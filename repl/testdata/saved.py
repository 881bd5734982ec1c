from scapy.all import *
class Mine(Packet):
    fields_desc = [ByteField("a", 1)]
f, g = get_temp_file(), get_temp_file()
p = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(src="192.0.2.1", dst="192.0.2.2")/TCP(options=[("MSS", 5)])/b"x"
p.time = 5.25
v = {"p": p, "l": PacketList([p, IP(src="1.1.1.1", dst="2.2.2.2")/UDP()]), 5: (1, 2.5, None, True, b"\xff"), "s": {1, 2}, "m": Mine(a=7)}
save_object(f, v)
w = load_object(f)
print(raw(w["p"]) == raw(p), w["p"].time, type(w["l"]).__name__, len(w["l"]), w[5], w["s"], w["m"].a, w["l"][1].summary())
try: save_object(f, lambda: 1)
except TypeError as e: print(e)
x, y, packets = 5, "text", PacketList([p])
def fn(): pass
save_session(g)
x = 6; del y
load_session(g)
print(x, y, len(packets), packets[0].time)
print(import_object("eyJ0dXBsZSI6IFsxLCAyXX0="))
export_object((1, 2))
ans, un = SndRcvList([(p, p)]), 0
save_object(f, ans); print(load_object(f)[0][1].time)
try: save_session()
except ValueError as e: print(e)
print(issubclass(Scapy_Exception, Exception), LINUX, WINDOWS)
