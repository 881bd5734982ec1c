// Package sendrecv gets packets out and answers back: it routes and builds what
// is to be sent, paces it, receives beside it, and finds for each answer the
// packet that it answers.
//
// An [Engine] works in one network namespace and keeps its sockets open between
// calls. [Engine.Send] and [Engine.SendP] transmit, at layer 3 and at layer 2;
// [Engine.SR] and [Engine.SRP] also receive. The receiver is open, filtered and
// bound before the first packet leaves.
//
// At layer 3 each packet is routed by the kernel at the moment it is sent, and leaves
// by a packet socket, so that what was built is what is on the wire, bit for
// bit. Packets to this host itself go by a raw IP socket, since loopback takes them from
// nowhere else; what the kernel changes in them on that way is told in [Result.Notes].
//
// Every packet is accounted for: sent = answered + unanswered, what could not be
// sent is in [Result.Errors], and what the kernel had to drop is counted.
//
// Packets are taken from their sequence as they are sent, so a call to Send needs
// constant memory; SR keeps what is outstanding.
//
// It needs CAP_NET_RAW, and CAP_NET_ADMIN to have neighbours resolved.
package sendrecv
