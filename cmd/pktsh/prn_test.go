package main

import (
	"regexp"
	"strconv"
	"testing"
)

// What a function is too slow for is counted to the packet when the capture is stopped.
func TestSlowCallbackIsAccountedFor(t *testing.T) {
	needLab(t)
	out, errText, status := pktsh(t, `import time
net = lab()
n = []
def slow(p):
    time.sleep(0.002)
    n.append(p)

s = AsyncSniffer(iface="lab0", filter="udp dst port 9", store=0, prn=slow)
s.start()
sendp(Ether(dst=net.server.mac)/IP(dst=net.server.ip)/UDP(sport=(1, 3000), dport=9), iface="lab0", verbose=0)
time.sleep(0.2)
s.stop()
print("seen", len(n))
`, "-")
	seen := regexp.MustCompile(`seen (\d+)`).FindStringSubmatch(out)
	unread := regexp.MustCompile(`(\d+) packets had been received but not been looked at`).FindStringSubmatch(errText)
	if status != 0 || seen == nil || unread == nil {
		t.Fatalf("status %d, %q, %q", status, out, errText)
	}
	a, _ := strconv.Atoi(seen[1])
	b, _ := strconv.Atoi(unread[1])
	if a == 0 || a+b != 3000 {
		t.Errorf("%d packets were looked at and %d counted as not: want 3000 together", a, b)
	}
}
