package repl

import (
	"os"
	"strings"
	"testing"
)

func TestProgramsThatAreNotThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	out, _, err := runIn(t, t.TempDir(), `
for f in (tcpdump, tdecode, wireshark):
    try:
        f(IP())
    except FileNotFoundError as e:
        print(e)`)
	if err != nil || strings.Count(out, "not installed here") != 3 {
		t.Errorf("%q %v", out, err)
	}
}

// A program gets the packets on its standard input.
func TestProgramGetsPackets(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/dump", []byte("#!/bin/sh\nprintf '%s ' \"$@\"\nwc -c\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	out, _, err := runIn(t, dir, `print(tcpdump(IP(src="1.1.1.1", dst="2.2.2.2"), prog="DIR/dump", args=["-v"], flt="ip", dump=True))`)
	if want := "b'-n -r - -v ip 60\\n'\n"; err != nil || out != want {
		t.Errorf("got %q, want %q, %v", out, want, err)
	}
}

func TestPeerTcpdumpAndTshark(t *testing.T) {
	if os.Getenv("PKTSH_PEERS") == "" {
		t.Skip("set PKTSH_PEERS=1 to run what other programs are needed for")
	}
	out, _, err := runIn(t, t.TempDir(), `
p = IP(src="1.1.1.1", dst="2.2.2.2")/TCP(sport=7, dport=80)
q = Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/p
print(b"1.1.1.1.7 > 2.2.2.2.80: Flags [S]" in tcpdump([p, p], dump=True, quiet=True))
print(b"Transmission Control Protocol" in tdecode([p, q], dump=True, quiet=True))`)
	if err != nil || out != "True\nTrue\n" {
		t.Errorf("%q %v", out, err)
	}
}
