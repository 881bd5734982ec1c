package repl

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"pktsh/lab"
)

// send() sends once, send_loop() as often as it is told, or until it is interrupted.
func TestSendLoop(t *testing.T) {
	out, _, err := runs(t, Options{}, `
net = lab()
p = IP(dst=net.server.ip)/ICMP(id=[1, 2])
for f in (send, send_loop):
    print([q[ICMP].id for q in f(p, count=2, return_packets=True)])
`)
	if err != nil || out != "[1, 2, 1, 2]\n[1, 2, 1, 2]\n" {
		t.Errorf("%q, %v", out, err)
	}

	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	var stdout bytes.Buffer
	s := New(Options{Stdout: &stdout, Stderr: t.Output()})
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err = s.Run(ctx, "<test>", `
net = lab()
send_loop(IP(dst=net.server.ip)/ICMP(), inter=0.001)
print("it ended by itself")
`)
	if err == nil || !strings.Contains(err.Error(), "KeyboardInterrupt") || stdout.Len() > 0 {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}
