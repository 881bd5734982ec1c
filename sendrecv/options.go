package sendrecv

import (
	"net/netip"
	"time"

	"pktsh/layers"
	"pktsh/netns"
)

// Config says where an Engine works.
type Config struct {
	NS *netns.NS // namespace; nil: the process's own
	// Guard keeps this host's kernel from answering for connections that only
	// the engine's user knows. It is asked before the first TCP segment from
	// an address of this host leaves. nil: nobody is asked. Optional.
	Guard Guard
	// Mark is the SO_MARK of what leaves by the kernel's own output path, by
	// which the guard lets the engine's RSTs through. Optional.
	Mark uint32
}

// A Guard keeps back the RSTs that this host's kernel would send for a TCP
// connection it does not know. Its methods return when the protection is in place. The
// engine releases only what it has put a wider range in place of: its user alone knows when a connection is over.
type Guard interface {
	// Protect covers one connection.
	Protect(local, remote netip.AddrPort) (release func(), err error)
	// ProtectRange covers local ports lo to hi towards any port of a network.
	ProtectRange(local netip.Addr, lo, hi uint16, remote netip.Prefix) (release func(), err error)
}

// Options of one call. The zero value sends every packet once, as fast as it
// goes, and waits for answers without end.
type Options struct {
	// Iface is the interface to leave by. For layer 3 the route is looked up
	// as if the packet were bound to it. Empty: the routes decide; layer 2
	// takes the default route's. Optional.
	Iface string
	// Mark is the firewall mark by which routes are looked up. Optional.
	Mark uint32
	// Fragment sends packets that are larger than the MTU in fragments (RFC 791 §3.2, RFC 8200
	// §4.5) instead of not at all. For layer 3. Optional.
	Fragment bool

	// Timeout ends the wait for answers, counted from the last packet sent.
	// 0: wait until all are answered or the context is done.
	Timeout time.Duration

	// Retry sends what is unanswered again, so many more times: when Timeout is over, or when the answers to others have
	// stopped coming for four times the slowest's round trip, 100 ms at least; the last time Timeout is waited for.
	// A negative number goes on until so many rounds in a row bring nothing new, of Timeout each.
	Retry int

	Inter time.Duration // pause between packets. Optional.
	PPS   float64       // packets a second, kept evenly; 0: no limit. Optional.
	Count int           // walk and send the whole sequence so often; 0: once. For Send and SendP. Optional.
	Loop  bool          // send until the context is done. For Send and SendP. Optional.
	// Realtime sends packets as far apart as Meta.Time says they were captured. Optional.
	Realtime bool

	// Flood goes on sending the packets, over and over, until the call ends by Timeout, First or its context: all
	// answered is not its end. Its Rounds is how often, 0: without end; its Loop and Iface have no meaning. For SR and SRP. Optional.
	Flood *FloodOptions

	// Multi keeps matching further answers to a packet that has one.
	Multi bool
	// First ends the call at the first answer.
	First bool

	// Filter is a tcpdump expression that answers must match as well. Optional.
	Filter string
	// Promisc receives frames to other hosts too. Optional.
	Promisc bool

	// NoFilter looks at everything that comes in, not just at what a kernel filter made
	// from the probes lets through. Optional.
	NoFilter bool

	// Lax says what is not looked at when answers are matched. Optional.
	Lax layers.Lax

	// Streaming keeps no results: pairs go to Prn and are forgotten, and
	// Result has counts only, but for the first Errors. Memory does not grow with the number of packets, nor of hosts: of
	// those without an answer the last 65,536 are kept, and more only for as long as Timeout; without a Timeout, and
	// with Retry, Multi or Flood, all are. Optional.
	Streaming bool
	// Prn is called with each pair as it is found, one call at a time. Optional.
	Prn func(query, answer *layers.Packet)
	// Seen is called with each packet received: whether it is an answer. It must return soon. Optional.
	Seen func(answer bool)
	// Stop is asked with each packet received, one call at a time; true ends the call. Optional.
	Stop func(*layers.Packet) bool

	// Progress is called from time to time, and at the end. It must return
	// soon. Optional.
	Progress func(Progress)
}

// Progress is how far a call has come.
type Progress struct {
	Sent     int  // packets that have left
	Seen     int  // packets received and looked at
	Answered int  // packets sent that have an answer
	Waiting  bool // everything is sent
}

// Pair is a packet sent and an answer to it. Answer.Meta.Time is the kernel's
// time stamp. So is Query.Meta.SentTime in calls of up to batchSize packets where the driver gives
// one; else it was taken just before the packet left, in larger calls before the batch that it left in.
type Pair struct {
	Query, Answer *layers.Packet
	// Rivals is how many other packets, unanswered so far, the answer fits as well, those included that
	// earlier calls gave up. The first of this call is Query; which one was meant nobody can tell.
	Rivals int
}

// Result is what became of a call.
type Result struct {
	Sent       int // packets that have left; one that was sent again for want of an answer counts once
	Answered   Pairs
	Unanswered Packets     // of those that left
	Silent     Packets     // Unanswered, those in Errors, and Unsent
	Seen       int         // packets received and looked at
	Extra      int         // further answers to packets that had one, without Multi
	Matched    int         // pairs found, also when Streaming keeps none
	Ambiguous  int         // pairs whose answer fits more than one packet, of this call or an earlier one
	Dropped    uint64      // packets the kernel dropped: an answer may be among them
	Requeued   uint64      // times that a full transmit queue had to be waited for
	Flooded    FloodResult // what was sent again for Options.Flood
	Errors     []SendError // packets that did not leave; with Streaming the first mostErrors of them
	Failed     int         // how many did not leave for an error, those beyond Errors included
	Unsent     int         // packets taken from the sequence that had not left when the call ended, without an error of their own
	Notes      []string    // what becomes of packets on their way that was not asked for, each said once

	// AnsweredCount and UnansweredCount count packets sent with and without an answer, also when
	// Streaming keeps neither.
	AnsweredCount, UnansweredCount int
}

// SendError is a packet that could not be sent, and why.
type SendError struct {
	Packet *layers.Packet
	Err    error
}

func (e SendError) Error() string { return e.Err.Error() }

// Unwrap is the cause.
func (e SendError) Unwrap() error { return e.Err }
