package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

const peerArgs = "pktlist, dump=False, args=None, flt=None, prog=%s, quiet=False, wait=%s, linktype=None"

func peerBuiltins() []*builtin {
	const g = "Capture files"
	const more = `
pktlist: packets, or the name of a capture file. args: further arguments, a list. dump=True
returns what the program prints, as bytes, instead of showing it. quiet: without its
messages. The program must be installed. Ctrl-C ends it.`
	sig := func(name, prog, wait string) string {
		return name + "(" + fmt.Sprintf(peerArgs, prog, wait) + ")"
	}
	return []*builtin{
		{Sig: sig("tcpdump", `"tcpdump"`, "True"), Group: g, Doc: "Show packets as tcpdump does, or another program that reads -r - (prog=\"tshark\").\nflt: a filter for tcpdump." + more, Run: func(c *call) (starlark.Value, error) { return c.peer("tcpdump", true, "-n", "-r", "-") }},
		{Sig: sig("tdecode", `"tshark"`, "True"), Group: g, Doc: "Show packets field by field, as tshark -V does." + more, Run: func(c *call) (starlark.Value, error) { return c.peer("tshark", true, "-V", "-r", "-") }},
		{Sig: sig("wireshark", `"wireshark"`, "False"), Group: g, Doc: "Open packets in Wireshark, which goes on beside the shell." + more, Run: func(c *call) (starlark.Value, error) { return c.peer("wireshark", false, "-ki", "-") }},
	}
}

// peer gives packets to a program on its standard input.
func (c *call) peer(prog string, wait bool, opts ...string) (starlark.Value, error) {
	prog, err := c.str("prog", prog)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(prog)
	if err != nil {
		return nil, pyrt.Errorf("FileNotFoundError", "%s() needs the program %q, which is not installed here or not in PATH", c.b.Name(), prog)
	}
	in, err := c.peerInput()
	if err != nil {
		return nil, err
	}
	if f, ok := in.(io.Closer); ok {
		defer f.Close() // the program has its own
	}
	more, err := c.strings("args")
	if err != nil {
		return nil, err
	}
	opts = append(opts, more...)
	flt, err := c.str("flt", "")
	if err != nil {
		return nil, err
	}
	if flt != "" {
		opts = append(opts, flt)
	}
	s := shell()
	dump := c.bool("dump", false)
	wait = c.bool("wait", wait) || dump
	if !wait {
		// Wireshark outlives a Ctrl-C at the prompt, and the shell.
		cmd := exec.Command(path, opts...)
		cmd.Stdin = in
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			return nil, osError(err)
		}
		go func() { _ = cmd.Wait() }() // its end is nobody's business
		return nil, nil
	}
	var out bytes.Buffer
	err = s.in.Block(c.th, func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, path, opts...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, s.out, s.err
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C comes from ctx
		if dump {
			cmd.Stdout = &out
		}
		if c.bool("quiet", false) {
			cmd.Stderr = nil
		}
		err := cmd.Run()
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, pyrt.Errorf("OSError", "%s() ended with status %d", prog, exit.ExitCode())
	}
	if err != nil {
		return nil, osError(err)
	}
	if dump {
		return starlark.Bytes(out.Bytes()), nil
	}
	return nil, nil
}

// peerInput is the program's input: the file itself, or the packets as a capture,
// of the format that can hold them.
func (c *call) peerInput() (io.Reader, error) {
	if name, ok := c.val("pktlist").(starlark.String); ok {
		f, err := os.Open(string(name))
		if err != nil {
			return nil, osError(err)
		}
		return f, nil
	}
	pkts, err := c.saved("pktlist")
	if err != nil {
		return nil, err
	}
	o, err := c.writerOptions("")
	if err != nil {
		return nil, err
	}
	rec := sniff.Recorder{LinkType: o.LinkType, Forced: o.HasLink}
	if link, err := sniff.CommonLinkType(pkts); err == nil && !o.HasLink {
		o.LinkType, o.HasLink = link, true
	} else if err != nil && !o.HasLink {
		o.Format = pcapfile.PcapNG
	}
	o.Micros = false
	var file bytes.Buffer
	w, err := pcapfile.NewWriter(&file, o)
	if err != nil {
		return nil, osError(err)
	}
	for i, p := range pkts {
		r, err := rec.Record(p)
		if err == nil {
			err = w.Write(r)
		}
		if err != nil {
			return nil, pyrt.Errorf("ValueError", "%s(): packet %d: %v", c.b.Name(), i, err)
		}
	}
	return &file, osError(w.Close())
}
