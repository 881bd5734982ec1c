package sniff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// PacketOf makes a packet of a record, which it copies. The packet remembers the
// record's interface, so that a Recorder gives it back.
func PacketOf(rec *pcapfile.Record) *layers.Packet {
	return new(packer).packet(rec, slices.Clone(rec.Data), "")
}

// A packer makes packets of records, which share what they have in common.
type packer struct {
	known map[common]*layers.Details
}

// common is what details are shared by: the options of most packets are none or
// say the direction alone.
type common struct {
	iface *pcapfile.Interface
	dir   layers.Direction
}

// packet is a record with data, which nobody changes, as a packet. label is what the
// packet says of its interface; empty, it is the interface's name.
func (k *packer) packet(rec *pcapfile.Record, data []byte, label string) *layers.Packet {
	p := layers.Dissect(FirstLayer(rec.Iface.LinkType, data), data)
	p.Meta = &layers.Meta{Time: rec.Time(), WireLen: rec.WireLen, Direction: directionOf(rec.Options)}
	if label == "" {
		label = rec.Iface.Name
	}
	key := common{rec.Iface, p.Meta.Direction}
	d := k.known[key]
	if d == nil || d.Iface != label || !bytes.Equal(d.Options, rec.Options) {
		d = &layers.Details{Iface: label, Options: slices.Clone(rec.Options), Origin: rec.Iface}
		if k.known == nil {
			k.known = map[common]*layers.Details{}
		}
		k.known[key] = d
	}
	p.Meta.Share(d)
	return p
}

// directionOf reads epb_flags: bits 0 and 1 are 01 inbound, 10 outbound.
func directionOf(opts []byte) layers.Direction {
	if len(opts) == 0 {
		return layers.DirUnknown
	}
	if v := pcapfile.Option(opts, pcapfile.OptFlags); len(v) == 4 {
		switch v[0] & 3 {
		case 1:
			return layers.DirIn
		case 2:
			return layers.DirOut
		}
	}
	return layers.DirUnknown
}

// directionFlags is the option of a packet that says its direction.
func directionFlags(d layers.Direction) []byte {
	flags := binary.LittleEndian.AppendUint32(nil, uint32(d)) // DirIn and DirOut have the format's numbers
	return pcapfile.AppendOption(nil, pcapfile.OptFlags, flags)
}

// A Recorder makes records of packets: it finds for each the interface of the file
// that its packets are written to.
type Recorder struct {
	// LinkType, with Forced, is for all packets, whatever they begin with.
	LinkType pcapfile.LinkType
	Forced   bool
	// AnyIP gives IPv4 and IPv6 packets the same link type, for a pcap file of which
	// only the first packet is known.
	AnyIP bool

	commented int
	ifaces    map[ifaceKey]*pcapfile.Interface
	origins   []origin
	lastK     ifaceKey
	last      *pcapfile.Interface
}

// An origin is an interface as it was read and as it is written.
type origin struct{ was, is *pcapfile.Interface }

type ifaceKey struct {
	name   string
	link   pcapfile.LinkType
	origin *pcapfile.Interface
}

// Record is p as a record; a crafted packet is built. Its time is that of the
// capture, else that of sending, else now.
func (r *Recorder) Record(p *layers.Packet) (*pcapfile.Record, error) {
	data, err := p.Build()
	if err != nil {
		return nil, err
	}
	link, err := r.linkType(p)
	if err != nil {
		return nil, err
	}
	rec := &pcapfile.Record{Data: data, WireLen: len(data), Nanos: time.Now().UnixNano()}
	key := ifaceKey{link: link}
	if m := p.Meta; m != nil {
		d := m.Details()
		rec.WireLen = max(rec.WireLen, m.WireLen)
		when := m.Time
		if when.IsZero() {
			when = d.SentTime
		}
		if when.IsZero() && d.Origin == nil {
			when = time.Now()
		}
		rec.Nanos = pcapfile.NanosOf(when)
		rec.Options = d.Options
		if pcapfile.Option(d.Options, pcapfile.OptComment) != nil {
			r.commented++
		}
		if m.Direction != layers.DirUnknown && directionOf(d.Options) == layers.DirUnknown {
			rec.Options = append(slices.Clip(d.Options), directionFlags(m.Direction)...)
		}
		key.name = d.Iface
		if o, ok := d.Origin.(*pcapfile.Interface); ok && o.LinkType == link && (o.Name == d.Iface || d.Iface == "") {
			key.origin, key.name = o, o.Name
		}
	}
	rec.Iface = r.iface(key)
	return rec, nil
}

func (r *Recorder) linkType(p *layers.Packet) (pcapfile.LinkType, error) {
	if r.Forced {
		return r.LinkType, nil
	}
	first := p.First()
	if first == nil {
		return 0, errors.New("an empty packet has no link type")
	}
	t, ok := LinkTypeOf(first)
	if p.Meta != nil { // of several link types, or of one that no layer knows, it is that of the file
		if o, is := p.Meta.Details().Origin.(*pcapfile.Interface); is && beginWith(o.LinkType, first) {
			t, ok = o.LinkType, true
		}
	}
	if ok {
		if r.AnyIP && t.IsRawIP() {
			t = pcapfile.Raw
		}
		return t, nil
	}
	return 0, fmt.Errorf("a packet that begins with %s: no link type says so; put Ether() or IP() in front, or give linktype=", first.Name)
}

func (r *Recorder) iface(key ifaceKey) *pcapfile.Interface {
	if r.last != nil && key == r.lastK {
		return r.last
	}
	i := r.ifaces[key]
	if i == nil {
		i = &pcapfile.Interface{Name: key.name, LinkType: key.link}
		if key.origin != nil {
			as := *key.origin
			i = &as
		}
		i.Resol = 9 // a packet's time may have been set since
		if r.ifaces == nil {
			r.ifaces = map[ifaceKey]*pcapfile.Interface{}
		}
		r.ifaces[key] = i
		if key.origin != nil {
			r.origins = append(r.origins, origin{key.origin, i})
		}
	}
	r.lastK, r.last = key, i
	return i
}

// Blocks are the blocks beside packets of the files that the packets so far came
// from, as they belong into the file that is written; left is how many more they had, which nobody
// remembered.
func (r *Recorder) Blocks() (out []pcapfile.Block, left int) {
	var seen []*pcapfile.Section
	for _, o := range r.origins {
		if o.was.Section == nil || slices.Contains(seen, o.was.Section) {
			continue
		}
		seen = append(seen, o.was.Section)
		left += o.was.Section.Left
		for _, b := range o.was.Section.Blocks {
			switch b.Type {
			case pcapfile.BlockSection, pcapfile.BlockInterface:
				continue
			case pcapfile.BlockStats:
				i := slices.IndexFunc(r.origins, func(o origin) bool { return o.was == b.Iface })
				if i < 0 {
					continue // no packet of its interface is written
				}
				b.As = r.origins[i].is
			}
			out = append(out, b)
		}
	}
	return out, left
}

// Commented is the number of packets so far that have a comment.
func (r *Recorder) Commented() int { return r.commented }

// CommonLinkType is the link type of a pcap file for all the packets: an error where
// they begin with different headers.
func CommonLinkType(ps []*layers.Packet) (pcapfile.LinkType, error) {
	var r Recorder
	var links []pcapfile.LinkType
	counts := map[pcapfile.LinkType]int{}
	names := map[pcapfile.LinkType]string{}
	for i, p := range ps {
		t, err := r.linkType(p)
		if err != nil {
			return 0, fmt.Errorf("packet %d: %w", i, err)
		}
		if counts[t] == 0 {
			links, names[t] = append(links, t), p.First().Name
		}
		counts[t]++
	}
	switch {
	case len(links) == 0:
		return pcapfile.Ethernet, nil
	case len(links) == 1:
		return links[0], nil
	case !slices.ContainsFunc(links, func(t pcapfile.LinkType) bool { return !t.IsRawIP() }):
		return pcapfile.Raw, nil
	}
	var parts []string
	for _, t := range links {
		parts = append(parts, fmt.Sprintf("%d with %s", counts[t], names[t]))
	}
	return 0, fmt.Errorf("the packets begin with different headers, %s: a pcap file has one link type for all; write a .pcapng file, or choose with linktype=", strings.Join(parts, ", "))
}
