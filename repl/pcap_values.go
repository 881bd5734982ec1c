package repl

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

func whenOf(p *layers.Packet) time.Time {
	if p.Meta == nil {
		return time.Time{}
	}
	if p.Meta.Time.IsZero() {
		return p.Meta.SentTime()
	}
	return p.Meta.Time
}

// pcapReader is a capture file that is read packet by packet.
type pcapReader struct {
	frozenValue
	class string
	raw   bool // gives (bytes, metadata)
	th    *starlark.Thread
	r     *pcapfile.Reader
	ended error
}

var (
	_ starlark.HasAttrs = (*pcapReader)(nil)
	_ pyrt.Nexter       = (*pcapReader)(nil)
)

func (c *call) openReader(class string, raw bool) (starlark.Value, error) {
	name, err := c.fileName("filename")
	if err != nil {
		return nil, err
	}
	v := &pcapReader{class: class, raw: raw, th: c.th}
	err = shell().in.Block(c.th, func(context.Context) (err error) {
		if stream := c.inMemory("filename"); stream != nil {
			v.r, err = pcapfile.NewReader(stream)
		} else {
			v.r, err = pcapfile.Open(name)
		}
		return err
	})
	if err != nil {
		return nil, fileError(err)
	}
	sniff.KeepBlocks(v.r)
	return v, nil
}

func (v *pcapReader) Type() string   { return v.class }
func (v *pcapReader) String() string { return fmt.Sprintf("<%s %s>", v.class, v.r.Name()) }
func (v *pcapReader) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", v.class)
}

// next is the next packet, nil at the end. Damage is told once, and is the end.
func (v *pcapReader) next() (rec *pcapfile.Record, err error) {
	if v.ended != nil {
		return nil, v.closedError()
	}
	if v.r.Waits() {
		err = shell().in.Block(v.th, func(ctx context.Context) (err error) {
			stop := context.AfterFunc(ctx, func() { v.r.Close() })
			defer stop()
			rec, err = v.r.Next()
			return err
		})
	} else {
		rec, err = v.r.Next()
	}
	if err == nil {
		return rec, nil
	}
	v.ended = err
	if err != io.EOF {
		warnDamage(err)
	}
	return nil, nil
}

// closedError is what reading behind close() is.
func (v *pcapReader) closedError() error {
	if v.ended == errReaderClosed {
		return pyrt.Errorf("ValueError", "%s: the reader is closed", v.r.Name())
	}
	return nil
}

var errReaderClosed = pyrt.Errorf("ValueError", "the reader is closed")

func (v *pcapReader) value(rec *pcapfile.Record) starlark.Value {
	if !v.raw {
		return wrap(sniff.PacketOf(rec))
	}
	return starlark.Tuple{starlark.Bytes(rec.Data), newRecordMeta(rec)}
}

// PyNext implements pyrt.Nexter.
func (v *pcapReader) PyNext() (starlark.Value, error) {
	rec, err := v.next()
	if rec == nil || err != nil {
		return nil, err
	}
	return v.value(rec), nil
}

func (v *pcapReader) readPacket(*call) (starlark.Value, error) {
	x, err := v.PyNext()
	if x == nil && err == nil {
		err = pyrt.Errorf("EOFError", "%s: no more packets", v.r.Name())
	}
	return x, err
}

func (v *pcapReader) readAll(c *call) (starlark.Value, error) {
	count, err := c.int("count", -1)
	if err != nil {
		return nil, err
	}
	var out []starlark.Value
	list := &packetList{name: baseName(v.r.Name())}
	for n := 0; count < 0 || n < count; n++ {
		x, err := v.PyNext()
		if err != nil {
			return nil, err
		}
		if x == nil {
			break
		}
		if v.raw {
			out = append(out, x)
		} else {
			list.add(x)
		}
	}
	if v.raw {
		return starlark.NewList(out), nil
	}
	return list, nil
}

// Attr is a method or what the file says of itself.
func (v *pcapReader) Attr(name string) (starlark.Value, error) {
	method := func(sig, doc string, run func(c *call) (starlark.Value, error)) (starlark.Value, error) {
		return function{b: &builtin{Sig: sig, Doc: doc, Run: run}}, nil
	}
	switch name {
	case "read_packet", "recv":
		return method(name+"(size=None)", "The next packet; EOFError behind the last.", v.readPacket)
	case "read_all":
		return method("read_all(count=-1)", "The packets that are left, so many at most, as a list.", v.readAll)
	case "dispatch":
		return method("dispatch(callback)", "Call callback with each packet that is left.", func(c *call) (starlark.Value, error) {
			fn, err := c.fn("callback")
			if err != nil {
				return nil, err
			}
			for {
				x, err := v.PyNext()
				if x == nil || err != nil {
					return nil, err
				}
				if _, err := starlark.Call(c.th, fn, starlark.Tuple{x}, nil); err != nil {
					return nil, err
				}
			}
		})
	case "close":
		return method("close()", "Close the file.", func(*call) (starlark.Value, error) {
			v.ended = errReaderClosed
			return nil, osError(v.r.Close())
		})
	case "filename":
		return starlark.String(v.r.Name()), nil
	case "linktype":
		_ = v.r.Peek() // an error is told when packets are read
		return starlark.MakeInt(int(v.r.LinkType())), nil
	case "nano":
		_ = v.r.Peek()
		return starlark.Bool(v.r.Nanos()), nil
	case "endian":
		if v.r.BigEndian() {
			return starlark.String(">"), nil
		}
		return starlark.String("<"), nil
	case "interfaces":
		_ = v.r.Peek()
		return interfaceList(v.r.Interfaces())
	}
	return nil, nil
}

// AttrNames are its attributes.
func (v *pcapReader) AttrNames() []string {
	return []string{"close", "dispatch", "endian", "filename", "interfaces", "linktype", "nano", "read_all", "read_packet", "recv"}
}

// interfaceList are a file's interfaces as dictionaries.
func interfaceList(ifs []*pcapfile.Interface) (starlark.Value, error) {
	var out []starlark.Value
	for _, i := range ifs {
		d := new(starlark.Dict)
		set := func(k string, v starlark.Value) { _ = d.SetKey(starlark.String(k), v) } // text is hashable
		set("name", orNone(i.Name))
		set("description", orNone(i.Description))
		set("linktype", starlark.MakeInt(int(i.LinkType)))
		set("snaplen", starlark.MakeInt(i.SnapLen))
		drops := starlark.Value(starlark.None)
		if i.Stats != nil && i.Stats.Dropped >= 0 {
			drops = starlark.MakeInt64(i.Stats.Dropped)
		}
		set("dropped", drops)
		out = append(out, d)
	}
	return starlark.NewList(out), nil
}

// recordMeta is what a raw reader tells of a packet.
type recordMeta struct {
	frozenValue
	vals map[string]starlark.Value
}

func newRecordMeta(rec *pcapfile.Record) recordMeta {
	nanos := max(rec.Nanos, 0)
	comment := starlark.Value(starlark.None)
	if c := pcapfile.Comments(rec.Options); len(c) > 0 {
		comment = starlark.Bytes(c[0])
	}
	return recordMeta{vals: map[string]starlark.Value{
		"sec": starlark.MakeInt64(nanos / 1e9), "usec": starlark.MakeInt64(nanos % 1e9 / 1000), "nsec": starlark.MakeInt64(nanos % 1e9),
		"wirelen": starlark.MakeInt(rec.WireLen), "caplen": starlark.MakeInt(len(rec.Data)), "linktype": starlark.MakeInt(int(rec.Iface.LinkType)),
		"ifname": orNone(rec.Iface.Name), "comment": comment,
	}}
}

func (m recordMeta) String() string {
	return fmt.Sprintf("PacketMetadata(sec=%s, usec=%s, wirelen=%s, caplen=%s)", m.vals["sec"], m.vals["usec"], m.vals["wirelen"], m.vals["caplen"])
}
func (m recordMeta) Type() string          { return "PacketMetadata" }
func (m recordMeta) Hash() (uint32, error) { return starlark.String(m.String()).Hash() }

// Attr is one of its values.
func (m recordMeta) Attr(name string) (starlark.Value, error) { return m.vals[name], nil }

// AttrNames are their names.
func (m recordMeta) AttrNames() []string {
	return []string{"caplen", "comment", "ifname", "linktype", "nsec", "sec", "usec", "wirelen"}
}

// pcapWriter is a capture file that is written packet by packet.
type pcapWriter struct {
	frozenValue
	class  string
	f      *captureFile
	closed bool
}

func (c *call) openWriter() (starlark.Value, error) {
	name, err := c.fileName("filename")
	if err != nil {
		return nil, err
	}
	o, err := c.writerOptions(name)
	if err != nil {
		return nil, err
	}
	f, err := c.createFile(name, o)
	if err != nil {
		return nil, err
	}
	f.rec.AnyIP = !f.ng
	v := &pcapWriter{class: c.b.Name(), f: f}
	shell().onClose(v.close) // a script that forgets to
	return v, nil
}

func (v *pcapWriter) Type() string   { return v.class }
func (v *pcapWriter) String() string { return fmt.Sprintf("<%s %s>", v.class, v.f.name) }
func (v *pcapWriter) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", v.class)
}

func (v *pcapWriter) close() error {
	if v.closed {
		return nil
	}
	v.closed = true
	return v.f.finish()
}

func (v *pcapWriter) write(c *call) (starlark.Value, error) {
	if v.closed {
		return nil, pyrt.Errorf("ValueError", "%s: the writer is closed", v.f.name)
	}
	var pkts []*layers.Packet
	if b, ok := c.val("pkt").(starlark.Bytes); ok {
		link := pcapfile.Ethernet
		if v.f.rec.Forced {
			link = v.f.rec.LinkType
		}
		pkts = []*layers.Packet{layers.Dissect(sniff.FirstLayer(link, []byte(b)), []byte(b))}
	} else {
		var err error
		if pkts, err = c.saved("pkt"); err != nil {
			return nil, err
		}
	}
	for _, p := range pkts {
		if err := v.f.put(p); err != nil {
			return nil, osError(err)
		}
	}
	return nil, nil
}

// Attr is write, write_packet, flush, close, filename and linktype.
func (v *pcapWriter) Attr(name string) (starlark.Value, error) {
	switch name {
	case "write", "write_packet":
		return function{b: &builtin{Sig: name + "(pkt)", Doc: "Write a packet, a list of packets, or bytes.", Run: v.write}}, nil
	case "flush":
		return function{b: &builtin{Sig: "flush()", Doc: "Hand what was written to the system.", Run: func(*call) (starlark.Value, error) {
			return nil, osError(v.f.Flush())
		}}}, nil
	case "close":
		return function{b: &builtin{Sig: "close()", Doc: "End the file.", Run: func(*call) (starlark.Value, error) { return nil, v.close() }}}, nil
	case "filename":
		return starlark.String(v.f.name), nil
	}
	return nil, nil
}

// AttrNames are its attributes.
func (v *pcapWriter) AttrNames() []string {
	return []string{"close", "filename", "flush", "write", "write_packet"}
}
