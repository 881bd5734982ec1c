// Package tcpstate is the kernel's side of the story: which sockets it has and in
// which state, and what it counted.
//
// Sockets lists them through inet_diag (sock_diag(7)), including the two kinds that
// no tracepoint shows: half-open connections, which are request sockets and no file
// descriptor's, and those in TIME_WAIT. Watch tells when they change, by asking again
// and again. ReadCounters reads the counters of a namespace, and Diff says which moved.
//
// None of it needs rights beyond those for entering the namespace.
package tcpstate
