// Package stream puts TCP streams together from captured packets: both
// directions of every connection, in sequence order, with what a reader should know of
// the journey told rather than hidden: bytes that came twice, out of order, with
// other contents, or not at all.
//
// An [Assembler] takes packets and calls back with [Event]s. Of bytes that come more
// than once the first copy wins; a later one that differs is told ([Overlap], Differs).
// Whatever is kept is bounded by [Limits]; what was given up for that is an event too.
// [Messages] finds HTTP/1 messages, TLS records and DNS messages in a stream, and
// [TCPSession] is these as a stage of a capture (sniff.Session).
//
// It is pure: no goroutines, no clocks but the packets' own.
package stream
