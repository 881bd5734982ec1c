package stream

import "pktsh/layers"

// A Reader puts the messages of one direction of a connection together, for a protocol
// that is not known here. b are the bytes that no message has taken, from sequence number seq on;
// last is the packet that brought the latest of them, nil if none did; end tells that no more
// will come. It gives the message that b begins with and how many bytes are its, or nil while it wants more.
type Reader func(b []byte, seq uint32, last *layers.Packet, end bool) (msg *layers.Packet, n int, err error)

// NewReader gives the name of the protocol and the Reader for a direction whose bytes begin, or
// begin anew behind a gap, in first; nil if there is none. shared is the connection's, for what
// the Readers of both directions know together.
type NewReader func(first *layers.Packet, shared *any) (proto string, r Reader)

// begins tells that nothing of what is said has been seen yet.
func (m *Messages) begins() bool { return m.proto == "" && len(m.buf) == 0 }

// use has a reader put the messages together.
func (m *Messages) use(proto string, r Reader) { m.proto, m.reader = proto, r }

// read asks the reader for messages until it wants more bytes.
func (m *Messages) read(last *layers.Packet, end bool) (out []Message, err error) {
	for len(m.buf) > 0 {
		msg, n, err := m.reader(m.buf, m.seq, last, end)
		if err != nil {
			return out, err
		}
		if msg == nil {
			break
		}
		out = append(out, m.cut(msg, n))
	}
	if len(m.buf) > maxMessage {
		m.tooLong()
	}
	return out, nil
}

// End gives the messages that the end of the stream completes.
func (m *Messages) End() ([]Message, error) {
	if m.reader == nil || m.Over() {
		return nil, nil
	}
	return m.read(nil, true)
}
