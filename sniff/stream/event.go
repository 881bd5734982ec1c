package stream

import (
	"container/list"
	"fmt"
	"net/netip"
	"time"
)

// A Kind is what an event is about.
type Kind uint8

// Kinds of events. Offset and Len count bytes of the direction's stream, from 0
// at its first byte that was seen, or that follows the SYN.
const (
	Start          Kind = iota // a connection begins; Text says if in its middle
	Data                       // the next bytes of a direction
	Gap                        // Len bytes are missing for good
	OutOfOrder                 // a segment came ahead of bytes that are missing yet
	Retransmission             // bytes came again, the same
	Overlap                    // bytes came again; if Differs, with other contents
	KeepAlive                  // a probe of an idle connection (RFC 9293 §3.8.4)
	ZeroWindow                 // the sender's receive window is closed
	Stray                      // a segment that cannot belong to the stream, ignored
	End                        // both directions have ended, by FIN, RST or the limits
)

func (k Kind) String() string {
	return [...]string{"start", "data", "gap", "out of order", "retransmission", "overlap", "keep-alive", "zero window", "stray", "end"}[k]
}

// An Event is one thing that happened to a connection.
type Event struct {
	Kind       Kind
	Conn       *Conn
	FromClient bool // the direction it is about
	Time       time.Time
	Offset     int64
	Len        int
	Bytes      []byte // Data: the bytes; Overlap, and Stray in front of the stream or too late: those that were not taken. Valid during the call
	Differs    bool   // Overlap: the bytes are others than those that were taken
	Text       string // why, for people
}

// of tells whether a segment goes the way that the event is about.
func (e Event) of(s Segment) bool {
	from, to := e.Conn.Client, e.Conn.Server
	if !e.FromClient {
		from, to = to, from
	}
	return s.Src == from && s.Dst == to
}

// A Conn is a connection.
type Conn struct {
	Client, Server netip.AddrPort
	MidStream      bool // its beginning was not seen
	dirs           [2]direction
	ended          bool
	kept           int           // bytes of it in Assembler.kept
	place          *list.Element // in the order of use
}

// String is "10.0.0.1:1234 > 10.0.0.2:80".
func (c *Conn) String() string { return fmt.Sprintf("%v > %v", c.Client, c.Server) }
