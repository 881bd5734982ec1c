package repl

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pktsh/lab"
	"pktsh/sniff/packetsock"
)

// runs runs a script in a session of its own.
func runs(t *testing.T, o Options, src string) (out, errs string, err error) {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	var stdout, stderr bytes.Buffer
	o.Stdout, o.Stderr = &stdout, &stderr
	s := New(o)
	err = s.Run(context.Background(), "<test>", src)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	return stdout.String(), stderr.String(), err
}

func TestSendpfast(t *testing.T) {
	out, errs, err := runs(t, Options{}, `
net = lab()
p = Ether()/IP(dst=net.server.ip)/UDP(sport=(1024, 2023), dport=9)/b"x"
r = sendpfast(p, loop=7, mode="mmsg", parse_results=True)
print(r["packets"], r["bytes"], r["method"], r["failed"])
print(sendpfast([Ether()/IP(dst=net.server.ip)/UDP()], count=3))
r = sendpfast(p, replay_args=["--loop", "2", "-q", "--pps=50000"], parse_results=True)
print(r["packets"], r["time"] > 0.039)
for bad in ({"mode": "warp"}, {"threads": 0}, {"pps": -1}, {"loop": 2, "count": 2}, {"replay_args": ["--frob"]}, {"replay_args": ["-p"]}):
    try:
        sendpfast(p, **bad)
    except Exception as e:
        print(e)
try:
    sendpfast(IP()/UDP())
except TypeError as e:
    print(e)
`)
	want := `7000 301000 mmsg 0
None
2000 True
sendpfast(): mode: got "warp", want "auto", "mmsg", "direct", "xdp", "live" or "clone"
sendpfast(): threads: got 0, want 1..256
sendpfast(): pps: got -1, want packets a second, more than 0
sendpfast(): loop and count are the same here: got both
sendpfast(): replay_args: there is no "--frob" here; there are --pps, --mbps, --multiplier, --loop and --topspeed
sendpfast(): replay_args: -p wants a value
sendpfast() wants link-layer frames, got IP: put Ether() in front, or use send()
`
	if err != nil || out != want || errs != "" {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}

// Many packets of send() take the fast path, and all of them arrive.
func TestSendMany(t *testing.T) {
	out, _, err := runs(t, Options{}, `
net = lab()
n = [0]
def count(p): n[0] += 1
t = AsyncSniffer(netns=net.server, filter="udp port 9", iface="lab0", store=False, prn=count)
t.start()
send(IP(dst=net.server.ip)/UDP(sport=(1, 3000), dport=9), count=2, inter=0.00002)
import time
for _ in range(100):
    if n[0] >= 6000: break
    time.sleep(0.05)
t.stop()
print(n[0])
`)
	if err != nil || out != "6000\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// A flood for an address behind a gateway has to be allowed; in a lab, as the tests are, any may leave.
func TestFloodHasToBeAllowed(t *testing.T) {
	const behindRouter = `
net = lab(router=True)
p = IP(dst=net.server.ip)/UDP(dport=9)
def attempt(*args, **more):
    try:
        send(p, *args, **more)
        print("sent")
    except Exception as e:
        print(type(e).__name__, e)
`
	for _, tc := range []struct {
		src   string
		yes   bool
		inLab bool
		want  []string
	}{
		{"attempt(count=20000)", false, true, []string{"sent"}},
		{"attempt(count=100)", false, false, []string{"sent"}},
		{"attempt(count=20000)", false, false, []string{"PermissionError", "send 20,000 packets at up to 10,000 a second to 10.99.1.2, by way of 10.99.0.254 on lab0", "has to be allowed"}},
		{"attempt(loop=1)", false, false, []string{"PermissionError", "without end"}},
		{"conf.flood_ok = True; conf.flood_pps = None\nattempt(count=20000)", false, false, []string{"sent"}},
		{"conf.flood_pps = None\nattempt(count=20000)", true, false, []string{"sent"}},
		{"attempt(count=20000, pps=20000)", true, false, []string{"ValueError", "got 20000, want at most 10000 (conf.flood_pps)"}},
	} {
		out := runBehindRouter(t, tc.yes, tc.inLab, behindRouter, tc.src)
		for _, w := range tc.want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: got %q, want %q in it", tc.src, out, w)
			}
		}
	}
}

// runBehindRouter runs two scripts; between them the session may forget that it is in a lab.
func runBehindRouter(t *testing.T, yes, inLab bool, before, src string) string {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	s := New(Options{Stdout: &out, Stderr: &out, Yes: yes})
	defer s.Close()
	for i, code := range []string{before, src} {
		if i == 1 && !inLab {
			clear(s.labs)
		}
		if err := s.Run(t.Context(), "<test>", code); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestDoctorKnowsFastWays(t *testing.T) {
	var out bytes.Buffer
	s := New(Options{Stdout: &out, Stderr: &out})
	defer s.Close()
	s.doctor()
	for what, err := range map[string]error{"AF_XDP": packetsock.CanXDP(), "live frames": packetsock.CanLive(), "clones": packetsock.CanClone()} {
		state := "missing  "
		if err == nil {
			state = "ok       "
		}
		if !strings.Contains(out.String(), state+what) {
			t.Errorf("want %s%s in\n%s", state, what, out.String())
		}
	}
}

func TestSrflood(t *testing.T) {
	out, errs, err := runs(t, Options{}, `
net = lab()
p = IP(dst=net.server.ip)/TCP(dport=(81, 83), flags="S")
ans, unans = srflood(p, timeout=1, pps=3000)
print(len(ans), len(unans), [a.answer[TCP].sprintf("%TCP.flags%") for a in ans])
r = sr1flood(p, timeout=5)
print(r[TCP].flags)
ans, unans = srflood(IP(dst=net.server.ip)/UDP(sport=RandShort(), dport=7)/b"x", timeout=2, pps=5000, maxretries=1)
print(len(ans) + len(unans), len(ans) > 900)
ans, unans = srpflood(Ether()/IP(dst=net.server.ip)/ICMP(), iface="lab0", timeout=1, mode="mmsg", pps=1000, maxretries=19, multi=True)
print(len(ans), len(unans))
print(srp1flood(Ether()/IP(dst=net.server.ip)/ICMP(), iface="lab0", timeout=5)[ICMP].type)
try:
    srflood(p, maxretries=-1)
except Exception as e:
    print(e)
`)
	want := "3 0 ['RA', 'RA', 'RA']\nRA\n1000 True\n20 0\n0\nsrflood(): maxretries: got -1, want how often, 0 or more\n"
	if err != nil || out != want {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
}
