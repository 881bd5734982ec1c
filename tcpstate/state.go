package tcpstate

import (
	"fmt"
	"strings"
)

// State is the state of a TCP connection, numbered as in the kernel
// (include/net/tcp_states.h). The zero State stands for "no such socket".
type State uint8

// The kernel's names. A UDP socket is ESTABLISHED when connected, else CLOSE.
const (
	None State = iota
	Established
	SynSent
	SynRecv
	FinWait1
	FinWait2
	TimeWait
	Close
	CloseWait
	LastAck
	Listen
	Closing
	// NewSynRecv is what the kernel calls a half-open connection among its own;
	// inet_diag reports it as SynRecv.
	NewSynRecv
)

// names holds the kernel's name and that of RFC 9293 §3.3.2, by number.
var names = [...]struct{ kernel, rfc string }{
	None:        {"NONE", "NONE"},
	Established: {"ESTABLISHED", "ESTABLISHED"},
	SynSent:     {"SYN_SENT", "SYN-SENT"},
	SynRecv:     {"SYN_RECV", "SYN-RECEIVED"},
	FinWait1:    {"FIN_WAIT1", "FIN-WAIT-1"},
	FinWait2:    {"FIN_WAIT2", "FIN-WAIT-2"},
	TimeWait:    {"TIME_WAIT", "TIME-WAIT"},
	Close:       {"CLOSE", "CLOSED"},
	CloseWait:   {"CLOSE_WAIT", "CLOSE-WAIT"},
	LastAck:     {"LAST_ACK", "LAST-ACK"},
	Listen:      {"LISTEN", "LISTEN"},
	Closing:     {"CLOSING", "CLOSING"},
	NewSynRecv:  {"NEW_SYN_RECV", "SYN-RECEIVED"},
}

// String is the kernel's name: "SYN_RECV", "FIN_WAIT1".
func (s State) String() string {
	if int(s) < len(names) {
		return names[s].kernel
	}
	return fmt.Sprintf("STATE_%d", uint8(s))
}

// RFC is the name in RFC 9293: "SYN-RECEIVED", "FIN-WAIT-1".
func (s State) RFC() string {
	if int(s) < len(names) {
		return names[s].rfc
	}
	return s.String()
}

// ParseState reads a name in the kernel's form, RFC 9293's or ss(8)'s ("estab",
// "syn-recv"), whatever its case.
func ParseState(name string) (State, error) {
	plain := strings.NewReplacer("_", "", "-", "").Replace(strings.ToUpper(name))
	if plain == "ESTAB" {
		return Established, nil
	}
	for s := Established; s <= Closing; s++ {
		for _, n := range []string{names[s].kernel, names[s].rfc} {
			if plain == strings.NewReplacer("_", "", "-", "").Replace(n) {
				return s, nil
			}
		}
	}
	var all []string
	for s := Established; s <= Closing; s++ {
		all = append(all, s.String())
	}
	return None, fmt.Errorf("TCP state: got %q, want one of %s", name, strings.Join(all, " "))
}
