// Package sendrecv gets packets out and answers back: it routes and builds what
// is to be sent, paces it, receives beside it, and finds for each answer the
// packet that it answers.
//
// An [Engine] works in one network namespace and keeps its sockets open between
// calls. [Engine.Send] and [Engine.SendP] transmit, at layer 3 and at layer 2;
// [Engine.SR] and [Engine.SRP] also receive. The receiver is open, filtered and
// bound before the first packet leaves.
//
// Sent = answered + unanswered, always; what could not be sent is in
// [Result.Errors], and what the kernel had to drop is counted.
//
// It needs CAP_NET_RAW.
package sendrecv
