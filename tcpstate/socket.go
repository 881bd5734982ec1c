package tcpstate

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// Socket is one row of the kernel's table. Half-open connections and those in
// TIME_WAIT have neither Inode nor Info.
type Socket struct {
	// UDP tells a datagram socket from a TCP one.
	UDP   bool
	State State
	// Local and Remote are its addresses. IPv4 over an IPv6 socket is shown as IPv4.
	// A socket without a peer has an all-zero Remote.
	Local, Remote netip.AddrPort
	// Iface is the index of the interface it is bound to; 0 for any.
	Iface uint32
	// RecvQ and SendQ are the bytes that nobody has read, and that the peer has not
	// acknowledged. For a listening socket they are the connections waiting for accept(2),
	// and how many may wait (the backlog).
	RecvQ, SendQ uint32
	// Timer is the one that is running, and TimerLeft how long it still runs.
	Timer     Timer
	TimerLeft time.Duration
	// Retrans is how often the timer has fired for the same segment.
	Retrans uint8
	UID     uint32
	Inode   uint32
	// Cookie stays with a connection from its SYN to the end of TIME_WAIT, and is
	// no other's.
	Cookie uint64
	// Info is tcp(7)'s TCP_INFO, asked for with Options.Info; nil where there is none.
	// Its Rtt and Rttvar are in microseconds, Rto and Ato too.
	Info *unix.TCPInfo
}

// Timer is the kind of a socket's running timer (inet_diag's idiag_timer).
type Timer uint8

// The kinds, with ss(8)'s names.
const (
	TimerOff       Timer = iota
	TimerOn              // retransmission, early retransmit or tail loss probe
	TimerKeepalive       // also the wait in FIN_WAIT2
	TimerTimeWait
	TimerPersist // zero window probe
)

var timerNames = [...]string{"off", "on", "keepalive", "timewait", "persist"}

func (t Timer) String() string {
	if int(t) < len(timerNames) {
		return timerNames[t]
	}
	return fmt.Sprintf("timer%d", uint8(t))
}

// Header is the line above rows of Socket.String.
const Header = "State       Recv-Q Send-Q Local                    Remote                   Timer"

// String is a row as ss(8) has it:
//
//	SYN_RECV         0      0 10.99.0.2:80             10.99.0.1:1000           on,980ms,0
func (s Socket) String() string {
	row := fmt.Sprintf("%-11s %6d %6d %-24s %-24s", s.State, s.RecvQ, s.SendQ, show(s.Local), show(s.Remote))
	if s.Timer == TimerOff {
		return row
	}
	return fmt.Sprintf("%s %s,%s,%d", row, s.Timer, s.TimerLeft, s.Retrans)
}

// show writes * for what is not bound or connected.
func show(ap netip.AddrPort) string {
	switch {
	case ap.Port() != 0:
		return ap.String()
	case ap.Addr().IsUnspecified() && ap.Addr().Is6():
		return "[::]:*"
	case ap.Addr().Is6():
		return "[" + ap.Addr().String() + "]:*"
	}
	return ap.Addr().String() + ":*"
}
