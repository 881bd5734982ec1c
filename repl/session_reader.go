package repl

import (
	"bytes"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff/stream"
)

// reassembleName is the method with which a class says where its messages end in a stream.
const reassembleName = "tcp_reassemble"

// tcpReader is a stream.NewReader: it has the classes that have such a method put their messages
// together, also those that are defined while a capture goes on.
func (s *Shell) tcpReader(first *layers.Packet, shared *any) (string, stream.Reader) {
	proto := first.At(first.Index(layers.TCP, 1, 0) + 1).Proto()
	f, ok := s.readers.Load(proto)
	if !ok {
		return "", nil
	}
	if *shared == nil {
		*shared = starlark.NewDict(0)
	}
	r := &tcpReader{s: s, name: proto.Name, fn: f.(starlark.Callable), metadata: starlark.NewDict(0), session: (*shared).(*starlark.Dict)}
	return proto.Name, r.read
}

// tcpReader calls cls.tcp_reassemble(data, metadata, session) for one direction.
type tcpReader struct {
	s        *Shell
	name     string
	fn       starlark.Callable
	metadata *starlark.Dict // of the message that is begun
	session  *starlark.Dict // of the connection
}

// read is a stream.Reader. The function may run below code of the language, which gave its session
// the packet.
func (r *tcpReader) read(b []byte, seq uint32, last *layers.Packet, end bool) (*layers.Packet, int, error) {
	flags := ""
	if last != nil {
		flags = layers.FieldText(last.At(last.Index(layers.TCP, 1, 0)), layers.TCP.Index("flags"))
	}
	if strings.ContainsAny(flags, "P") {
		r.tell("tcp_psh", starlark.True)
	}
	if end || strings.ContainsAny(flags, "FR") {
		r.tell("tcp_end", starlark.True)
	}
	r.tell("seq", starlark.MakeUint64(uint64(seq)))
	r.tell("relative_seq", starlark.MakeInt64(int64(seq)-1))
	v, err := r.s.in.Nested(r.fn, starlark.Bytes(b), r.metadata, r.session)
	if err != nil || v == starlark.None {
		return nil, 0, err
	}
	p, ok := v.(*packet)
	if !ok {
		return nil, 0, pyrt.Errorf("TypeError", "%s: %s() gave %s, want a packet, or None for more bytes", r.name, reassembleName, pyRepr(v))
	}
	_ = r.metadata.Clear() // not frozen, and nobody walks over it
	msg := p.view().Clone()
	return msg, taken(msg, b), nil
}

// tell puts what Scapy's sessions say of the message into the metadata.
func (r *tcpReader) tell(name string, v starlark.Value) {
	_ = r.metadata.SetKey(starlark.String(name), v) // text always hashes
}

// taken is how many bytes of b are msg's: those in front of its padding, which is taken off, those
// that it is built to if b begins with them, or else all.
func taken(msg *layers.Packet, b []byte) int {
	if i := msg.Index(layers.Padding, 1, 0); i > 0 {
		pad, err := msg.BuildFrom(i)
		if msg.Truncate(i); err == nil && len(pad) < len(b) {
			return len(b) - len(pad)
		}
		return len(b)
	}
	own, err := msg.Build()
	if err == nil && len(own) > 0 && bytes.HasPrefix(b, own) {
		return len(own)
	}
	return len(b)
}
