package filter

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// libpcap is the installed libpcap, asked through testdata/libpcap.py: a tcpdump
// for each of thousands of expressions takes minutes.
type libpcap struct {
	in  io.WriteCloser
	out *bufio.Scanner
	cmd *exec.Cmd
}

// live stands for a link type: the loopback interface.
const live = -1

func startLibpcap(t testing.TB) *libpcap {
	t.Helper()
	l := &libpcap{cmd: exec.Command("/usr/bin/python3", "testdata/libpcap.py")}
	var err error
	if l.in, err = l.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	l.cmd.Stderr = &said
	l.out = bufio.NewScanner(out)
	l.out.Buffer(nil, 1<<20)
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.in.Close()
		if err := l.cmd.Wait(); err != nil {
			t.Errorf("libpcap.py: %v: %s", err, said.String())
		}
	})
	return l
}

// compile gives the program, nil if it rejects all packets; or what libpcap says against it.
func (l *libpcap) compile(link int, expr string, optimise bool) (p *Program, refusal string, err error) {
	ask, err := json.Marshal(map[string]any{"link": link, "expr": expr, "optimise": optimise})
	if err != nil {
		return nil, "", err
	}
	if _, err := l.in.Write(append(ask, '\n')); err != nil {
		return nil, "", err
	}
	if !l.out.Scan() {
		return nil, "", errors.Join(io.ErrUnexpectedEOF, l.out.Err())
	}
	var answer struct{ Program, Error string }
	if err := json.Unmarshal(l.out.Bytes(), &answer); err != nil {
		return nil, "", err
	}
	switch {
	case strings.Contains(answer.Error, "rejects all packets"):
		return nil, "", nil
	case answer.Error != "":
		return nil, answer.Error, nil
	}
	p, err = ParseDecimal(strings.NewReader(answer.Program))
	return p, "", err
}

// TestPeerTcpdumpIsLibpcap checks that tcpdump makes the same programs of it.
func TestPeerTcpdumpIsLibpcap(t *testing.T) {
	g := needTcpdump(t)
	l := startLibpcap(t)
	for range 12 {
		e := g.expr()
		ours, refusal, err := l.compile(LinkEthernet, e, true)
		if err != nil {
			t.Fatal(err)
		}
		theirs, said, err := tcpdump(LinkEthernet, e)
		if err != nil || said != refusal || (ours == nil) != (theirs == nil) || ours != nil && ours.DumpDecimal() != theirs.DumpDecimal() {
			t.Errorf("%s: tcpdump has %v %q %v, libpcap %v %q", e, theirs, said, err, ours, refusal)
		}
	}
}
