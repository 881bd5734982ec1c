// Package sniff brings packets in: from one interface, several or all of them,
// through a kernel ring and a filter that the kernel runs.
//
// [Open] starts a [Capture]; [Capture.Next] gives its packets one by one. What
// the kernel had to drop for want of room is counted and always told.
//
// It needs CAP_NET_RAW, and nothing of the process outlives it: ring, filter and
// promiscuous mode belong to the socket.
package sniff
