package tcpstate

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStateNames(t *testing.T) {
	for _, c := range []struct {
		s           State
		kernel, rfc string
	}{
		{SynRecv, "SYN_RECV", "SYN-RECEIVED"},
		{FinWait1, "FIN_WAIT1", "FIN-WAIT-1"},
		{Close, "CLOSE", "CLOSED"},
		{Listen, "LISTEN", "LISTEN"},
		{77, "STATE_77", "STATE_77"},
	} {
		if c.s.String() != c.kernel || c.s.RFC() != c.rfc {
			t.Errorf("%d: got %s, %s, want %s, %s", c.s, c.s, c.s.RFC(), c.kernel, c.rfc)
		}
	}
	for s := Established; s <= Closing; s++ {
		for _, name := range []string{s.String(), s.RFC(), strings.ToLower(s.RFC())} {
			if got, err := ParseState(name); err != nil || got != s {
				t.Errorf("ParseState(%q): got %s, %v, want %s", name, got, err, s)
			}
		}
	}
	if s, err := ParseState("estab"); err != nil || s != Established {
		t.Errorf("estab: %s, %v", s, err)
	}
	if _, err := ParseState("SYN_RCVD"); err == nil || !strings.Contains(err.Error(), `got "SYN_RCVD", want one of ESTABLISHED SYN_SENT SYN_RECV`) {
		t.Errorf("SYN_RCVD: %v", err)
	}
}

func TestRows(t *testing.T) {
	ap := netip.MustParseAddrPort
	for _, c := range []struct {
		s    Socket
		want string
	}{
		{Socket{State: SynRecv, Local: ap("10.99.0.2:80"), Remote: ap("10.99.0.1:1000"), Timer: TimerOn, TimerLeft: 980 * time.Millisecond, Retrans: 1},
			"SYN_RECV         0      0 10.99.0.2:80             10.99.0.1:1000           on,980ms,1"},
		{Socket{State: Listen, Local: ap("[::]:80"), Remote: ap("[::]:0"), RecvQ: 2, SendQ: 1},
			"LISTEN           2      1 [::]:80                  [::]:*                  "},
		{Socket{State: TimeWait, Local: ap("[fd99::1]:5"), Remote: ap("[fd99::2]:80"), Timer: TimerTimeWait, TimerLeft: time.Minute},
			"TIME_WAIT        0      0 [fd99::1]:5              [fd99::2]:80             timewait,1m0s,0"},
	} {
		if got := c.s.String(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
	if e := (Event{From: SynRecv, To: Established, Socket: Socket{Local: ap("10.99.0.2:80"), Remote: ap("10.99.0.1:1000")}}); e.String() != "10.99.0.2:80 < 10.99.0.1:1000 SYN_RECV -> ESTABLISHED" {
		t.Errorf("event: %s", e)
	}
}

func TestDiff(t *testing.T) {
	before := Counters{"Tcp.InSegs": 5, "Tcp.MaxConn": -1, "TcpExt.ListenDrops": 2, "Tcp.CurrEstab": 3}
	after := Counters{"Tcp.InSegs": 9, "Tcp.MaxConn": -1, "TcpExt.ListenDrops": 2, "TcpExt.New": 1, "Tcp.CurrEstab": 1}
	var got []string
	for _, c := range Diff(before, after) {
		got = append(got, c.String())
	}
	want := []string{"Tcp.CurrEstab -2", "Tcp.InSegs +4", "TcpExt.New +1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c := Diff(before, before); c != nil {
		t.Errorf("no change: %v", c)
	}
}

func TestCounterFiles(t *testing.T) {
	c := Counters{}
	err := parsePairs([]byte("TcpExt: SyncookiesSent ListenOverflows\nTcpExt: 1 18446744073709551615\n\nTcp: MaxConn\nTcp: -1\n"), c)
	if err != nil || c["TcpExt.SyncookiesSent"] != 1 || c["TcpExt.ListenOverflows"] != -1 || c["Tcp.MaxConn"] != -1 || len(c) != 3 {
		t.Errorf("pairs: %v, %v", c, err)
	}
	c = Counters{}
	err = parseList([]byte("Ip6InReceives                   \t3\nIcmp6OutType128 4\nUdpLite6InErrors 5\nUdp6InErrors 6\nOther 7\n"), c)
	if err != nil || c["Ip6.InReceives"] != 3 || c["Icmp6.OutType128"] != 4 || c["UdpLite6.InErrors"] != 5 || c["Udp6.InErrors"] != 6 || c["Other"] != 7 {
		t.Errorf("list: %v, %v", c, err)
	}
	for in, says := range map[string]string{
		"Tcp: A B\nTcp: 1\n":  `1 values for 2 names of "Tcp:"`,
		"Tcp: A\nUdp: 1\n":    `1 values for 1 names of "Tcp:"`,
		"Tcp: A\n":            `no values for the names of "Tcp:"`,
		"Tcp: A\nTcp: many\n": `Tcp.A: strconv.ParseInt: parsing "many"`,
	} {
		if err := parsePairs([]byte(in), Counters{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q", in, err, says)
		}
	}
	if err := parseList([]byte("a b c\n"), Counters{}); err == nil || !strings.Contains(err.Error(), "want a name and a value") {
		t.Errorf("three words: %v", err)
	}
}

func TestBadOptions(t *testing.T) {
	if _, err := Sockets(Options{Family: 10}); err == nil || !strings.Contains(err.Error(), "family: got 10, want 4, 6 or 0") {
		t.Errorf("family: %v", err)
	}
}

// A program ends by being exactly at its end; these are the offsets that say so.
func TestPortFilter(t *testing.T) {
	code := portFilter(80)
	run := func(sport, dport uint16) bool { // inet_diag_bc_run
		at, left := 0, len(code)
		for left > 0 {
			op := code[at]
			yes, no := int(code[at+1]), int(binary.NativeEndian.Uint16(code[at+2:]))
			ok := false
			if op != bcJmp {
				port := binary.NativeEndian.Uint16(code[at+6:])
				ok = map[byte]bool{bcSGe: sport >= port, bcSLe: sport <= port, bcDGe: dport >= port, bcDLe: dport <= port}[op]
			}
			step := no
			if ok {
				step = yes
			}
			at, left = at+step, left-step
		}
		return left == 0
	}
	for _, c := range []struct {
		s, d uint16
		want bool
	}{{80, 5, true}, {5, 80, true}, {80, 80, true}, {79, 81, false}, {81, 79, false}, {0, 0, false}} {
		if run(c.s, c.d) != c.want {
			t.Errorf("ports %d, %d: got %v", c.s, c.d, !c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	w := &Watcher{seen: map[uint64]Socket{}}
	now := time.Now()
	sock := func(cookie uint64, s State) Socket { return Socket{Cookie: cookie, State: s} }
	for i, step := range []struct {
		rows []Socket
		want []Event
	}{
		{[]Socket{sock(1, Listen)}, []Event{{now, None, Listen, sock(1, Listen)}}},
		{[]Socket{sock(1, Listen), sock(2, SynRecv)}, []Event{{now, None, SynRecv, sock(2, SynRecv)}}},
		{[]Socket{sock(1, Listen), sock(2, SynRecv)}, nil},
		// In both tables at once: one connection.
		{[]Socket{sock(1, Listen), sock(2, SynRecv), sock(2, Established)}, []Event{{now, SynRecv, Established, sock(2, Established)}}},
		// Replaced by another of the same name.
		{[]Socket{sock(1, Listen), sock(3, SynRecv)}, []Event{{now, Established, None, sock(2, Established)}, {now, None, SynRecv, sock(3, SynRecv)}}},
		{nil, []Event{{now, Listen, None, sock(1, Listen)}, {now, SynRecv, None, sock(3, SynRecv)}}},
	} {
		if got := w.compare(step.rows, now); !slices.Equal(got, step.want) {
			t.Errorf("step %d: got %v, want %v", i, got, step.want)
		}
	}
	w = &Watcher{seen: map[uint64]Socket{}, states: []State{TimeWait}}
	if e := w.compare([]Socket{sock(1, FinWait2)}, now); e != nil {
		t.Errorf("not asked for: %v", e)
	}
	if e := w.compare([]Socket{sock(1, TimeWait)}, now); len(e) != 1 || e[0].From != FinWait2 {
		t.Errorf("into TIME_WAIT: %v", e)
	}
}

// What the kernel sends is trusted no further than its length.
func FuzzParse(f *testing.F) {
	whole := make([]byte, msgLen+8)
	whole[0], whole[1] = unix.AF_INET6, uint8(NewSynRecv)
	binary.NativeEndian.PutUint16(whole[msgLen:], 8)
	binary.NativeEndian.PutUint16(whole[msgLen+2:], attrInfo)
	f.Add(whole)
	f.Add(whole[:msgLen]) // no attributes
	f.Add(whole[:20])     // short
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parse(b)
		if err != nil {
			return
		}
		if s.State == NewSynRecv {
			t.Error("NEW_SYN_RECV is shown")
		}
		if b[0] == unix.AF_INET && !s.Local.Addr().Is4() {
			t.Errorf("IPv4 socket at %s", s.Local)
		}
		_ = s.String()
	})
}

func FuzzCounters(f *testing.F) {
	f.Add([]byte("Tcp: A B\nTcp: 1 2\n"))
	f.Add([]byte("Ip6InReceives 1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := Counters{}
		_ = parsePairs(b, c)
		_ = parseList(b, c)
		for _, ch := range Diff(nil, c) {
			if ch.Delta() == 0 {
				t.Errorf("a change of nothing: %v", ch)
			}
		}
	})
}
