package stream

import "fmt"

// mostNotes is how many flows are told of by name.
const mostNotes = 10

// lossNotes are messages given up, told once for each reason of a flow.
type lossNotes struct {
	notes []string
	more  uint64
}

func (l *lossNotes) add(e Event, why string) {
	if len(l.notes) == mostNotes {
		l.more++
		return
	}
	from := e.Conn.Client
	if !e.FromClient {
		from = e.Conn.Server
	}
	l.notes = append(l.notes, fmt.Sprintf("TCP %s: from offset %d on what %s sent comes as it is: %s", e.Conn, e.Offset, from, why))
}

func (l *lossNotes) text() []string {
	out := append([]string(nil), l.notes...)
	if l.more > 0 {
		out = append(out, fmt.Sprintf("messages of %d other directions of connections were given up too", l.more))
	}
	return out
}
