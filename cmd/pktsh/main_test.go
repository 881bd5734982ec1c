package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pktsh/lab"
)

var program string

// TestMain builds the program once; the tests run it as a person would.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pktsh-test")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "pktsh")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		os.RemoveAll(dir)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// pktsh runs the program.
func pktsh(t *testing.T, stdin string, args ...string) (out, errText string, status int) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

func TestCommandLine(t *testing.T) {
	script := filepath.Join(t.TempDir(), "s.py")
	if err := os.WriteFile(script, []byte("import sys\nprint(sys.argv[1:])\nsys.exit(7)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		stdin  string
		args   []string
		out    string // the whole of it
		err    string // part of it
		status int
	}{
		{"code", "", []string{"-c", `print(bytes_hex(raw(IP(src="10.0.0.1", dst="10.0.0.2")/UDP())))`}, "b'4500001c00010000401166ce0a0000010a000002003500350008eb71'\n", "", 0},
		{"a value in a script prints nothing", "", []string{"-c", "1 + 1"}, "", "", 0},
		{"script with arguments", "", []string{script, "a", "b"}, "['a', 'b']\n", "", 7},
		{"script from standard input", "print('hi')\n", []string{"-"}, "hi\n", "", 0},
		{"prompt lines", "x = 2\nx + 1\nfor i in range(2):\n    print(i)\n\nTCP(flags=SA).flags == \"SA\"\n", nil, "3\n0\n1\nTrue\n", "", 0},
		{"every value of a prompt line", "1; 2\nfor i in (3, None, 4): i\n\n_\n", nil, "1\n2\n3\n4\n4\n", "", 0},
		{"an error does not end prompt lines", "nosuch\n1\n", nil, "1\n", "NameError", 1},
		{"error", "", []string{"-c", "IP(ttl=300)"}, "", "IP.ttl: got 300, want 0..255", 1},
		{"did you mean", "", []string{"-c", "TCP(dprt=80)"}, "", `TCP has no field "dprt"; did you mean "dport"?`, 1},
		{"address", "", []string{"-c", `IP(dst="10.0.0.256")`}, "", `"10.0.0.256": not an IPv4 address`, 1},
		{"layer not there", "", []string{"-c", `(IP(src="1.1.1.1")/UDP())[TCP]`}, "", "IndexError: Layer [TCP] not found", 1},
		{"no such option", "", []string{"--nosuch"}, "", "there is no option --nosuch", 2},
		{"no such file", "", []string{"nosuch.py"}, "", "nosuch.py", 2},
		{"version", "", []string{"version"}, "pktsh 0.1.0\n", "", 0},
		{"pasted Scapy", "from scapy.all import *\np = IP(src=\"1.1.1.1\", dst=\"2.2.2.2\")/TCP(dport=80)/Raw(load=\"x\")\ndel p[IP].chksum\np[TCP].options.append((\"NOP\", None))\nTCP in p, p[TCP].dport, [l.__name__ for l in p.layers()]\np.summary()\n", nil,
			"(True, 80, ['IP', 'TCP', 'Raw'])\n'IP / TCP 1.1.1.1:ftp_data > 2.2.2.2:http S / Raw'\n", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errText, status := pktsh(t, c.stdin, c.args...)
			if out != c.out || !strings.Contains(errText, c.err) || status != c.status {
				t.Errorf("got  %q, status %d, errors:\n%s\nwant %q, status %d, errors with %q", out, status, errText, c.out, c.status, c.err)
			}
		})
	}
}

func needLab(t *testing.T) {
	t.Helper()
	if lab.CanMake() != nil && lab.CanExecInUserNS() != nil {
		t.Skip("no lab here: neither root nor unprivileged user namespaces")
	}
}

// The examples end in a verdict; what it says is this kernel's word, but for
// what no kernel may do.
func TestExamples(t *testing.T) {
	needLab(t)
	for file, want := range map[string]string{
		"handshake.py":    "verdict: with the guard the connection lived until we closed it / without it this host's kernel had reset it",
		"accept_queue.py": "verdict: 2 handshakes completed for a backlog of 1",
		"seq_wrap.py":     "verdict: the wrap was acknowledged: 0, then 3",
		"fin_reorder.py":  "verdict: after shutdown the late FIN was ",
		"held_fin.py":     "verdict: after shutdown the overtaken FIN was ",
	} {
		t.Run(file, func(t *testing.T) {
			out, errText, status := pktsh(t, "", "../../examples/"+file)
			if status != 0 || !strings.Contains(out, want) {
				t.Errorf("status %d, want %q in\n%s%s", status, want, out, errText)
			}
		})
	}
	for _, c := range []struct{ file, port, want string }{
		{"handshake.py", "80", "verdict: with the guard the connection lived until we closed it"},
		{"seq_wrap.py", "7", "verdict: the wrap was acknowledged: 0, then 3"},
		{"fin_reorder.py", "80", "verdict: the late FIN was "},
	} {
		t.Run(c.file+" against a host", func(t *testing.T) {
			out, errText, status := pktsh(t, "", "--lab", "../../examples/"+c.file, "10.99.0.2", c.port)
			if status != 0 || !strings.Contains(out, c.want) {
				t.Errorf("status %d, want %q in\n%s%s", status, c.want, out, errText)
			}
		})
	}
}

// The shell's main job, against real kernels.
func TestMainJob(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, `p = IP(dst="10.99.0.2")/TCP(dport=80, flags=S, seq=123451000)
r = sr1(p)
r[TCP].flags == "SA", r[TCP].ack
send(IP(dst=r.src)/TCP(sport=r[TCP].dport, dport=80, flags="A", seq=r[TCP].ack, ack=r[TCP].seq+1))
[s.state for s in sockets(port=20, netns=net.server)]
ans, unans = sr(IP(dst="10.99.0.2")/TCP(dport=[22, 80, 443], flags="S"), timeout=1)
sorted([(s.dport, str(r[TCP].flags)) for s, r in ans])
ans, unans = sr(IP(dst="10.99.0.2")/TCP(sport=4000, dport=[22, 80, 443], flags="S"), timeout=1)
sorted([(s.dport, str(r[TCP].flags)) for s, r in ans])
ans, unans = sr(IP(dst="10.99.0.2")/TCP(sport=4001, dport=(1000, 1999), flags="S"), timeout=2)
len(ans), len(unans)
sr1(IP(dst="10.99.0.2")/ICMP(), timeout=1).summary()
sr1(IPv6(dst="fd99::2")/ICMPv6EchoRequest(id=7), timeout=1)[ICMPv6EchoReply].id
sr1(IP(dst="127.0.0.1")/ICMP(), timeout=1).summary()
sr1(IP(dst="10.99.0.1")/ICMP(), timeout=1).summary()
srp1(Ether(dst="ff:ff:ff:ff:ff:ff")/ARP(pdst="10.99.0.2"), iface="lab0", timeout=1)[ARP].hwsrc == net.server.mac
pkts = sniff(filter="tcp port 7", iface="lab0", count=2, timeout=5, started_callback=lambda: send(IP(dst="10.99.0.2")/TCP(dport=7)))
len(pkts)
`, "--lab")
	want := `(True, 123451001)
['ESTABLISHED']
[(22, 'RA'), (80, 'A'), (443, 'RA')]
[(22, 'RA'), (80, 'SA'), (443, 'RA')]
(1000, 0)
'IP / ICMP 10.99.0.2 > 10.99.0.1 echo-reply 0'
7
'IP / ICMP 127.0.0.1 > 127.0.0.1 echo-reply 0'
'IP / ICMP 10.99.0.1 > 10.99.0.1 echo-reply 0'
True
2
`
	if out != want || status != 0 {
		t.Errorf("status %d, got\n%s%s\nwant\n%s", status, out, errText, want)
	}
}
