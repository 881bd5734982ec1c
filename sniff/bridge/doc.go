// Package bridge forwards Ethernet frames between two interfaces and lets a
// program decide what becomes of each: pass, drop, hold back, delay, duplicate,
// rewrite, or send one of its own. It is the host in the middle of an experiment with
// two real kernels.
//
// A [Bridge] is the engine: [Open] puts both interfaces into promiscuous mode,
// [Bridge.Run] forwards until its context is done, and a [Handler] sees each frame.
// [Rules] is a handler made of a list of rules.
//
// What a handler sees and what leaves are frames as on a wire. Kernels hand each
// other more than that: a veth or a card's driver passes "super-segments" of up to 64 KiB
// and packets whose checksum is yet to be computed. The bridge cuts the former into the
// packets that they stand for, as the card would have, and completes the latter. It
// changes no setting of an interface, so there is none to put back, however the process ends.
//
// Order: the frames of one direction leave in the order in which they came in,
// unless a handler says otherwise. Handlers are called one at a time, and what a call
// sends leaves before what the next one sends, whichever way either goes.
//
// Loops: what the host itself sends by the two interfaces is not forwarded, and so
// nothing that the bridge sent. Where the two interfaces reach each other some other
// way, a broadcast frame that goes round and round ends Run with [ErrLoop].
//
// Loss is counted for each interface in [Stats]: Received + Extra = Forwarded +
// Lost() once nothing is on its way and a handler sends each frame once.
//
// It needs CAP_NET_RAW in the namespace, and nothing of it outlives the process.
package bridge
