package main

const oneLiner = "from scapy.all import *; print(raw(IP()/TCP()))"

func startRows() []subject {
	whole := func(argv ...string) func(*world) (sample, error) {
		return func(w *world) (sample, error) {
			_, took, err := w.run(w.near, argv...)
			return sample{value: took.Seconds() * 1e3}, err
		}
	}
	return []subject{{name: "start", doc: "a whole process that builds one packet, or none", unit: "ms", rows: []row{
		{"pktsh -c 'print(raw(IP()/TCP()))'", "", whole("pktsh", "-c", "print(raw(IP()/TCP()))")},
		{"scapy, the same", scapyPython, whole(scapyPython, "-c", oneLiner)},
		{"hping3 --version", "hping3", whole("hping3", "--version")},
		{"tcpdump --version", "tcpdump", whole("tcpdump", "--version")},
		{"/bin/true, the floor", "true", whole("true")},
	}}}
}

// scapyPython is the Python that Debian's python3-scapy is for.
const scapyPython = "/usr/bin/python3"
