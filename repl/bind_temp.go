package repl

import (
	"bytes"
	"fmt"
	"os"

	"go.starlark.net/starlark"
)

// tempBuiltins are temporary files, and the managers of contexts that Scapy's
// scripts enter.
func tempBuiltins() []*builtin {
	const g = "Files"
	return []*builtin{
		{Sig: "get_temp_file(keep=False, autoext=\"\")", Group: g, Doc: "The path of a new, empty file, which ends in autoext and goes when the session ends unless keep is True.\nwrpcap(get_temp_file(autoext=\".pcap\"), pkts)",
			Run: func(c *call) (starlark.Value, error) {
				ext, err := c.str("autoext", "")
				if err != nil {
					return nil, err
				}
				f, err := os.CreateTemp("", "pktsh*"+ext)
				if err != nil {
					return nil, osError(err)
				}
				return c.temporary(f.Name()), f.Close()
			}},
		{Sig: "get_temp_dir(keep=False)", Group: g, Doc: "The path of a new directory, which goes with what is in it when the session ends unless keep is True.",
			Run: func(c *call) (starlark.Value, error) {
				dir, err := os.MkdirTemp("", "pktsh")
				if err != nil {
					return nil, osError(err)
				}
				return c.temporary(dir), nil
			}},
		{Sig: "ContextManagerCaptureOutput()", Group: g, Doc: "Keeps what is printed meanwhile: with ContextManagerCaptureOutput() as out: p.show(); text = out.get_output()",
			Run: func(c *call) (starlark.Value, error) { return &outputCapture{s: shell()}, nil }},
		{Sig: "no_debug_dissector(reverse=False)", Group: g, Doc: "Accepted for Scapy's scripts: with no_debug_dissector(): …. Dissecting never fails; what could not be read is Raw, and p.notes says why.",
			Run: func(c *call) (starlark.Value, error) { return nopContext{}, nil }},
	}
}

// temporary has path removed when the session ends, unless it is to be kept.
func (c *call) temporary(path string) starlark.Value {
	if !c.bool("keep", false) {
		shell().onClose(func() error { return os.RemoveAll(path) })
	}
	return starlark.String(path)
}

// outputCapture keeps what print writes between its __enter__ and __exit__.
type outputCapture struct {
	frozenValue
	s   *Shell
	buf bytes.Buffer
	out func() // gives the output back
}

func (o *outputCapture) String() string {
	return fmt.Sprintf("<captured output, %d bytes>", o.buf.Len())
}
func (o *outputCapture) Type() string          { return "ContextManagerCaptureOutput" }
func (o *outputCapture) Hash() (uint32, error) { return starlark.String(o.Type()).Hash() }

// Attr is get_output, and what a with statement asks for.
func (o *outputCapture) Attr(name string) (starlark.Value, error) {
	switch name {
	case "get_output":
		return function{b: &builtin{Sig: "get_output(eval_bytes=False)", Run: func(*call) (starlark.Value, error) { return starlark.String(o.buf.String()), nil }}}, nil
	case "__enter__":
		return function{b: &builtin{Sig: "__enter__()", Run: func(*call) (starlark.Value, error) {
			was := o.s.out.set(&o.buf)
			o.out = func() { o.s.out.set(was) }
			return o, nil
		}}}, nil
	case "__exit__":
		return function{b: &builtin{Sig: "__exit__(*args)", Run: func(*call) (starlark.Value, error) {
			o.out()
			return starlark.False, nil
		}}}, nil
	}
	return nil, nil
}

// AttrNames is get_output.
func (o *outputCapture) AttrNames() []string { return []string{"get_output"} }

// nopContext is entered and left without effect.
type nopContext struct{ frozenValue }

func (nopContext) String() string        { return "<context>" }
func (nopContext) Type() string          { return "context" }
func (nopContext) Hash() (uint32, error) { return 0, nil }

// Attr is what a with statement asks for.
func (n nopContext) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__enter__":
		return function{b: &builtin{Sig: "__enter__()", Run: func(*call) (starlark.Value, error) { return n, nil }}}, nil
	case "__exit__":
		return function{b: &builtin{Sig: "__exit__(*args)", Run: func(*call) (starlark.Value, error) { return starlark.False, nil }}}, nil
	}
	return nil, nil
}

// AttrNames is empty.
func (nopContext) AttrNames() []string { return nil }
