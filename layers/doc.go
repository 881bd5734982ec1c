// Package layers holds packets as pure data: protocol tables, and one engine
// that builds, dissects, prints, expands and matches packets from them. It opens
// no socket, starts no goroutine and knows no language.
//
// A protocol is a table ([Proto]): its fields with their names, kinds, widths,
// defaults, and how each is computed when nobody set it. Everything else follows
// from the table. A [Layer] is one header with its values, a [Packet] a stack of
// layers.
//
// The contract:
//
//   - Unset means computed, set means exactly that value, even a wrong one. A
//     field is set by a flag, not by being non-zero.
//   - No byte is lost: for every b, building Dissect(p, b) unchanged gives b.
//   - Nothing that arrives from the network panics or loops. What cannot be
//     parsed becomes Raw, and the reason is kept: [Packet.Notes].
//   - A dissected packet aliases the bytes it was given. Whoever reuses the
//     buffer copies first.
//
// A Packet and its layers may be used by one goroutine at a time.
package layers
