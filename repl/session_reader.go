package repl

import (
	"bytes"
	"context"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff/stream"
)

// reassembleName is the method with which a class says where its messages end in a stream.
const reassembleName = "tcp_reassemble"

// tcpReaders has the classes that are defined now, and that have such a method, put their
// messages together; nil if none has.
func (s *Shell) tcpReaders() stream.NewReader {
	fns := map[*layers.Proto]starlark.Callable{}
	for proto := range s.defined {
		if f, ok := bindMethod(s.classAttr(proto, reassembleName), nil, s.classOf(proto)).(starlark.Callable); ok {
			fns[proto] = f
		}
	}
	if len(fns) == 0 {
		return nil
	}
	return func(first *layers.Packet, shared *any) (string, stream.Reader) {
		proto := first.At(first.Index(layers.TCP, 1, 0) + 1).Proto()
		f := fns[proto]
		if f == nil {
			return "", nil
		}
		if *shared == nil {
			*shared = starlark.NewDict(0)
		}
		r := &tcpReader{s: s, name: proto.Name, fn: f, metadata: starlark.NewDict(0), session: (*shared).(*starlark.Dict)}
		return proto.Name, r.read
	}
}

// tcpReader calls cls.tcp_reassemble(data, metadata, session) for one direction.
type tcpReader struct {
	s        *Shell
	name     string
	fn       starlark.Callable
	metadata *starlark.Dict // of the message that is begun
	session  *starlark.Dict // of the connection
}

// read is a stream.Reader.
func (r *tcpReader) read(b []byte, last *layers.Packet, end bool) (*layers.Packet, int, error) {
	flags := ""
	if last != nil {
		flags = layers.FieldText(last.At(last.Index(layers.TCP, 1, 0)), layers.TCP.Index("flags"))
	}
	r.tell("tcp_psh", strings.ContainsAny(flags, "P"))
	r.tell("tcp_end", end || strings.ContainsAny(flags, "FR"))
	v, err := r.s.in.Call(context.Background(), r.fn, starlark.Tuple{starlark.Bytes(b), r.metadata, r.session}, nil)
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

// tell puts what Scapy's sessions say of the last segment into the metadata.
func (r *tcpReader) tell(name string, is bool) {
	if is {
		_ = r.metadata.SetKey(starlark.String(name), starlark.True) // text always hashes
	}
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
