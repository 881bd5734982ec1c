package sendrecv

import "fmt"

// NotIPError is a packet that layer 3 cannot send.
type NotIPError struct{ Layer string }

func (e *NotIPError) Error() string {
	return fmt.Sprintf("send() and sr() want a packet that begins with IP or IPv6, got %s: sendp() and srp() take link-layer frames", e.Layer)
}

// Kind is the class of the exception that the shell makes of it.
func (e *NotIPError) Kind() string { return "ValueError" }

// TooBigError is a packet larger than the route or the interface takes.
type TooBigError struct {
	Size, MTU int // bytes of IP packet, or of frame behind the link header
	Iface     string
	Whole     bool // it cannot be sent in fragments: a frame, or to this host itself
}

func (e *TooBigError) Error() string {
	hint := "send it with fragment=True"
	if e.Whole {
		hint = "raise the MTU"
	}
	return fmt.Sprintf("packet of %d bytes is larger than the MTU towards its destination, %d on %s: make it smaller, or %s", e.Size, e.MTU, e.Iface, hint)
}
