package packetsock

import "context"

// A Transmitter sends link-layer frames by one interface, many with each system call.
// [Sock], [XDPSock] and [Cloner] are its ways; [LiveFrames] only repeats a few frames. One
// goroutine at a time uses it.
type Transmitter interface {
	// SendBatch transmits frames just as they are, and returns how many left.
	// With an error, which is never that a queue is full, the others did not.
	SendBatch(ctx context.Context, frames [][]byte) (n int, err error)
	// TxStats tells how many frames left, and how often one was refused for want of
	// room and offered again.
	TxStats() (sent, retries uint64)
	Close() error
}

var (
	_ Transmitter = (*Sock)(nil)
	_ Transmitter = (*XDPSock)(nil)
	_ Transmitter = (*Cloner)(nil)
)
