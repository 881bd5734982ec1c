package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

const (
	writerArgs = "linktype=None, gz=False, endianness=\"\", append=False, sync=False, nano=False, snaplen=None"
	writerDoc  = `
The name says the format: .pcapng, and .gz or .zst behind it, else pcap; "-" is
standard output. linktype: what the packets begin with (a number or a name such as
EN10MB); by default it follows from the first layer. gz: pack with gzip. append: write
behind what the file holds. sync: hand each packet to the system at once. nano: times in
nanoseconds instead of microseconds. snaplen: cut packets to so many bytes.
endianness: "<" or ">". A packet's time is p.time, else when it was sent, else now.`
)

func pcapBuiltins() []*builtin {
	const g = "Capture files"
	reader := func(name string, raw bool, doc string) *builtin {
		return &builtin{Sig: name + "(filename)", Group: g, Doc: doc + "\nfor p in reader, with, read_packet(), read_all(count=-1), close(); linktype, interfaces, filename.", Run: func(c *call) (starlark.Value, error) { return c.openReader(name, raw) }}
	}
	return []*builtin{
		{Sig: "rdpcap(filename, count=-1)", Group: g,
			Doc: "Read a capture file and return its packets as a list.\npcap and pcapng, as they are or packed with gzip or zstd; \"-\" is standard input; a pattern such as\n\"*.pcap\" reads several, merged by time. count: read so many at most. What stands before damage is\nkept, and the damage told. Ctrl-C: stop and keep what there is.",
			Run: runRdpcap},
		{Sig: "wrpcap(filename, pkt, " + writerArgs + ")", Group: g, Doc: "Write packets to a capture file." + writerDoc, Run: runWrpcap},
		{Sig: "wrpcapng(filename, pkt, gz=False, append=False, sync=False, snaplen=None)", Group: g,
			Doc: "Write packets to a pcapng file: each with its own link type, interface (p.sniffed_on) and comment (p.comment).", Run: runWrpcap},
		reader("PcapReader", false, "Read a capture file packet by packet."),
		reader("PcapNgReader", false, "The same as PcapReader: the format is recognised."),
		reader("RawPcapReader", true, "Read a capture file as (bytes, metadata) pairs; metadata has sec, usec, wirelen, caplen, ifname, comment."),
		reader("RawPcapNgReader", true, "The same as RawPcapReader: the format is recognised."),
		{Sig: "PcapWriter(filename, " + writerArgs + ")", Group: g, Doc: "A capture file to write packets to one by one: write(pkt), flush(), close(), with." + writerDoc, Run: func(c *call) (starlark.Value, error) { return c.openWriter() }},
		{Sig: "PcapNgWriter(filename, gz=False, append=False, sync=False, snaplen=None)", Group: g, Doc: "A pcapng file to write packets to one by one: write(pkt), flush(), close(), with.", Run: func(c *call) (starlark.Value, error) { return c.openWriter() }},
	}
}

func init() {
	openFiles = func(c *call, names []string, o sniff.Options) (sniff.Source, error) {
		labels, err := labelsOf(c.val("offline"))
		if err != nil {
			return nil, err
		}
		return sniff.OpenFiles(names, sniff.FileOptions{Filter: o.Filter, Labels: labels, Notify: warnDamage})
	}
}

func warnDamage(err error) { shell().warn("%v", err) }

// labelsOf are the labels of offline={"a.pcap": "left", …}.
func labelsOf(v starlark.Value) (map[string]string, error) {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, nil
	}
	out := map[string]string{}
	for _, kv := range d.Items() {
		out[pyStr(kv[0])] = pyStr(kv[1])
	}
	return out, nil
}

// fileName is an argument that names a file: text or an open file, which inMemory() may
// be.
func (c *call) fileName(arg string) (string, error) {
	if c.inMemory(arg) != nil {
		return "BytesIO", nil
	}
	if f, ok := c.val(arg).(starlark.HasAttrs); ok {
		if v, err := f.Attr("name"); err == nil && v != nil {
			if _, isText := v.(starlark.String); isText {
				return string(v.(starlark.String)), nil
			}
		}
	}
	name, err := c.str(arg, "")
	if err == nil && name == "" {
		err = c.wrong(arg, "the name of a capture file")
	}
	return name, err
}

// inMemory is an argument that is an io.BytesIO, as a stream; else nil.
func (c *call) inMemory(arg string) io.ReadWriter {
	if f, ok := c.val(arg).(*py.File); ok {
		return f.InMemory()
	}
	return nil
}

func runRdpcap(c *call) (starlark.Value, error) {
	name, err := c.fileName("filename")
	if err != nil {
		return nil, err
	}
	count, err := c.int("count", -1)
	if err != nil {
		return nil, err
	}
	var kept sniff.Store
	err = shell().in.Block(c.th, func(ctx context.Context) error {
		o := sniff.FileOptions{Notify: warnDamage}
		open := func() (*sniff.Files, error) { return sniff.OpenFiles([]string{name}, o) }
		if stream := c.inMemory("filename"); stream != nil {
			open = func() (*sniff.Files, error) { return sniff.OpenStream(stream, o) }
		}
		src, err := open()
		if err != nil {
			return err
		}
		defer src.Close()
		return src.Keep(ctx, &kept, count)
	})
	if err != nil {
		return nil, fileError(err)
	}
	return &packetList{name: filepath.Base(name), pkts: make([]*packet, kept.Len()),
		fill: func(i int, _ bool) (*packet, pair) { return wrap(kept.Packet(i)), pair{} }}, nil
}

// fileError is an error of a capture file as an exception.
func fileError(err error) error {
	if errors.Is(err, pcapfile.ErrNotCapture) {
		return pyrt.Errorf("ValueError", "%v", err)
	}
	return osError(err)
}

// saved are the packets of an argument: a packet, a list, pairs, with sets spread out.
func (c *call) saved(arg string) ([]*layers.Packet, error) {
	var out []*layers.Packet
	if l, ok := c.val(arg).(*packetList); ok && l.isSR {
		for _, p := range l.allPairs() {
			out = append(out, p.query.view(), p.answer.view())
		}
		slices.SortStableFunc(out, func(a, b *layers.Packet) int { return whenOf(a).Compare(whenOf(b)) })
		return out, nil
	}
	return c.packetsIn(arg)
}

// writerOptions are the arguments of wrpcap() and the writers.
func (c *call) writerOptions(name string) (o pcapfile.Options, err error) {
	o.Micros = !c.bool("nano", false)
	o.Sync = c.bool("sync", false)
	if o.SnapLen, err = c.int("snaplen", 0); err != nil {
		return o, err
	}
	if o.SnapLen < 0 {
		return o, c.wrong("snaplen", "bytes, 0 for all of each packet")
	}
	if c.bool("gz", false) {
		o.Packing = "gz"
	}
	if strings.HasSuffix(strings.ToLower(c.b.Name()), "ng") || strings.Contains(c.b.Name(), "Ng") {
		o.Format = pcapfile.PcapNG
	}
	end, err := c.str("endianness", "")
	switch {
	case err != nil:
		return o, err
	case end == ">" || end == "big" || end == "!":
		o.BigEndian = true
	case end != "" && end != "<" && end != "little" && end != "=":
		return o, c.wrong("endianness", `"<" or ">"`)
	}
	if c.has("linktype") {
		if n, ok := toInt(c.val("linktype")); ok && n >= 0 && n <= 0xffff {
			o.LinkType = pcapfile.LinkType(n)
		} else if s, ok := c.val("linktype").(starlark.String); ok {
			if o.LinkType, err = pcapfile.ParseLinkType(string(s)); err != nil {
				return o, c.errorf("linktype", "%s(): %v", c.b.Name(), err)
			}
		} else {
			return o, c.wrong("linktype", "0..65535 or a name such as EN10MB")
		}
		o.HasLink = true
	}
	return o, nil
}

// captureFile is a file that packets are written to.
type captureFile struct {
	name string
	*pcapfile.Writer
	rec sniff.Recorder
	ng  bool
}

func (c *call) createFile(name string, o pcapfile.Options) (*captureFile, error) {
	format, _ := pcapfile.FormatOf(name)
	ng := format == pcapfile.PcapNG || o.Format == pcapfile.PcapNG
	if ng && o.BigEndian {
		return nil, c.errorf("endianness", "%s(): pcapng files are written little-endian, which every reader takes: leave endianness= out", c.b.Name())
	}
	create := pcapfile.Create
	stream := c.inMemory("filename")
	switch {
	case stream != nil && c.bool("append", false):
		return nil, c.errorf("append", "%s(): append: a BytesIO is written from where it stands: keep one PcapWriter open", c.b.Name())
	case stream != nil:
		create = func(_ string, o pcapfile.Options) (*pcapfile.Writer, error) { return pcapfile.NewWriter(stream, o) }
	case c.bool("append", false):
		create = pcapfile.Append
	}
	w, err := create(name, o)
	if err != nil {
		return nil, fileError(err)
	}
	return &captureFile{name: name, Writer: w, rec: sniff.Recorder{LinkType: o.LinkType, Forced: o.HasLink}, ng: ng}, nil
}

func (f *captureFile) put(p *layers.Packet) error {
	rec, err := f.rec.Record(p)
	if err == nil {
		err = f.Write(rec)
	}
	if err != nil {
		return fmt.Errorf("%s: packet %d, %s: %w", f.name, f.Count(), p.Summary(), err)
	}
	return nil
}

// finish writes what the packets' files said beside them, and ends the file.
func (f *captureFile) finish() error {
	blocks, left := f.rec.Blocks()
	for _, b := range blocks {
		written, err := f.WriteBlock(&b)
		if err != nil {
			break // Close tells it
		}
		if !written {
			left++
		}
	}
	err := f.Close()
	cut, options := f.Lost()
	if cut > 0 {
		shell().warn("%s: %d packets were cut to snaplen", f.name, cut)
	}
	if f.ng && left > 0 {
		shell().warn("%s: %d blocks that stood beside packets are not in it: custom blocks that ask not to be copied, big-endian ones that nobody knows, and what was more than 16 MiB of a file", f.name, left)
	}
	if n := options; n > 0 && f.rec.Commented() > 0 {
		shell().warn("%s: the comments of %d packets are not in it, since pcap has no room for them; wrpcapng() keeps them", f.name, f.rec.Commented())
	}
	return osError(err)
}

func runWrpcap(c *call) (starlark.Value, error) {
	name, err := c.fileName("filename")
	if err != nil {
		return nil, err
	}
	o, err := c.writerOptions(name)
	if err != nil {
		return nil, err
	}
	pkts, err := c.saved("pkt")
	if err != nil {
		return nil, err
	}
	if format, _ := pcapfile.FormatOf(name); !o.HasLink && o.Format == pcapfile.Pcap && format == pcapfile.Pcap {
		if o.LinkType, err = sniff.CommonLinkType(pkts); err != nil {
			return nil, pyrt.Errorf("ValueError", "%s(): %v", c.b.Name(), err)
		}
	}
	pcap := o.LinkType
	forced := o.HasLink
	o.HasLink = true
	f, err := c.createFile(name, o)
	if err != nil {
		return nil, err
	}
	f.rec.LinkType, f.rec.Forced = pcap, forced
	for _, p := range pkts {
		if err := f.put(p); err != nil {
			f.Close()
			return nil, osError(err)
		}
	}
	return nil, f.finish()
}

func baseName(name string) string { return filepath.Base(name) }
