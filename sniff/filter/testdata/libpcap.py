# Compiles filter expressions with the libpcap that is installed, without a process for each:
# a line of JSON {"link": LINKTYPE (-1: live, on lo), "expr": …, "optimise": …} is answered by one with the
# program as tcpdump -ddd prints it, or the error.
import ctypes, json, struct, sys, tempfile

lib = ctypes.CDLL("libpcap.so.0.8")
lib.pcap_open_offline.restype = lib.pcap_open_live.restype = ctypes.c_void_p
lib.pcap_geterr.restype = ctypes.c_char_p

class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint), ("insns", ctypes.c_void_p)]

handles = {}
def handle(link):
    if link not in handles:
        message = ctypes.create_string_buffer(256)
        if link < 0:
            handles[link] = lib.pcap_open_live(b"lo", 262144, 0, 1000, message)
        else: # compiled for a file, as by tcpdump -r
            with tempfile.NamedTemporaryFile() as f:
                f.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
                f.flush()
                handles[link] = lib.pcap_open_offline(f.name.encode(), message)
        if not handles[link]:
            sys.exit("libpcap: " + message.value.decode())
    return ctypes.c_void_p(handles[link])

for line in sys.stdin:
    ask = json.loads(line)
    pcap, program = handle(ask["link"]), Program()
    if lib.pcap_compile(pcap, ctypes.byref(program), ask["expr"].encode(), int(ask["optimise"]), 0) < 0:
        answer = {"error": lib.pcap_geterr(pcap).decode("latin-1")}
    else:
        insns = ctypes.string_at(program.insns, 8 * program.length)
        lines = [str(program.length)] + ["%d %d %d %d" % i for i in struct.iter_unpack("=HBBI", insns)]
        lib.pcap_freecode(ctypes.byref(program))
        answer = {"program": "\n".join(lines) + "\n"}
    print(json.dumps(answer), flush=True)
