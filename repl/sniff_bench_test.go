package repl

import (
	"context"
	"encoding/hex"
	"io"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/sniff"
)

// endless is a source of n UDP packets, each new.
type endless struct {
	left  int
	frame []byte
}

func (e *endless) Read(_ context.Context, buf []*layers.Packet) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(e.left, len(buf))
	e.left -= n
	for i := range buf[:n] {
		buf[i] = layers.Dissect(layers.Ether, e.frame)
	}
	return n, nil
}

func (e *endless) Stats() (sniff.Stats, error) { return sniff.Stats{}, nil }
func (e *endless) Close() error                { return nil }

// BenchmarkSniffCallbacks is what a packet costs between the source and its line
// on the terminal.
func BenchmarkSniffCallbacks(b *testing.B) {
	frame, err := hex.DecodeString("02000000000202000000000108004500002e000100004011" + "26b00a4d00010a4d000210000009001a0000" + "787878787878787878787878787878787878")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, prn, lfilter string }{
		{"store", "", ""},
		{"prn=lambda p: p.summary()", "lambda p: p.summary()", ""},
		{"prn=lambda p: None", "lambda p: None", ""},
		{"lfilter=lambda p: UDP in p", "", "lambda p: UDP in p"},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
			defer s.Close()
			fn := func(text string) starlark.Callable {
				if text == "" {
					return nil
				}
				v, err := s.in.Exec(context.Background(), "<in>", text, py.ModeSingle)
				if err != nil {
					b.Fatal(err)
				}
				return v.(starlark.Callable)
			}
			r := &sniffRun{sniffJob: &sniffJob{s: s, prn: fn(c.prn), lfilter: fn(c.lfilter)}, src: &endless{b.N, frame}}
			b.ReportAllocs()
			if err := r.run(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
