package repl

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// outField is one column of --fields.
type outField struct {
	proto *layers.Proto // nil: of the frame, or of any layer
	index int           // in proto's table
	name  string        // of the frame ("time"), or of a field of any layer
	any   bool
}

var frameFields = []string{"time", "number", "len", "caplen", "iface", "comment", "summary", "layers"}

// parseFields reads IP.src,tcp.flags,frame.time.
func parseFields(list string) (out []outField, err error) {
	protos := map[string]*layers.Proto{}
	var names []string
	for _, p := range layers.Protos() {
		names = append(names, p.Name)
		if low := strings.ToLower(p.Name); protos[low] == nil {
			protos[low] = p
		}
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		layer, field, dotted := strings.Cut(name, ".")
		switch {
		case name == "":
			return nil, fmt.Errorf("--fields %q: an empty name", list)
		case !dotted:
			out = append(out, outField{name: name, any: true})
			continue
		case strings.EqualFold(layer, "frame"):
			low := strings.ToLower(field)
			if !contains(frameFields, low) {
				return nil, fmt.Errorf("--fields: there is no frame.%s; there are frame.%s", field, strings.Join(frameFields, ", ."))
			}
			out = append(out, outField{name: low})
			continue
		}
		p := layers.Lookup(layer)
		if p == nil {
			p = protos[strings.ToLower(layer)]
		}
		if p == nil {
			return nil, fmt.Errorf("--fields: there is no layer %q%s", layer, near.Hint(layer, names))
		}
		i := p.Index(field)
		if i < 0 {
			i = p.Index(strings.ToLower(field))
		}
		if i < 0 {
			return nil, fmt.Errorf("--fields: %w", p.NoField(field))
		}
		out = append(out, outField{proto: p, index: i})
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// append puts the field's text of a packet behind b: nothing if it lacks it.
func (f *outField) append(b []byte, p *layers.Packet, number int) []byte {
	switch {
	case f.any:
		if li, fi := p.FindField(f.name, 0); li >= 0 && p.Layers()[li].Exists(fi) {
			return appendField(b, p.At(li), fi)
		}
	case f.proto != nil:
		if i := p.Index(f.proto, 1, 0); i >= 0 && p.Layers()[i].Exists(f.index) {
			return appendField(b, p.At(i), f.index)
		}
		return f.appendInner(b, p)
	default:
		return f.appendFrame(b, p, number)
	}
	return b
}

// appendInner is append for a layer inside fields, of which there may be several, such as the
// records of a DNS message.
func (f *outField) appendInner(b []byte, p *layers.Packet) []byte {
	empty := len(b)
	for at := range p.Walk(0) {
		if at.Proto() != f.proto || !at.Layer().Exists(f.index) {
			continue
		}
		if len(b) > empty {
			b = append(b, ',')
		}
		b = appendField(b, at, f.index)
	}
	return b
}

func (f *outField) appendFrame(b []byte, p *layers.Packet, number int) []byte {
	m := p.Meta
	switch f.name {
	case "time":
		if !m.Time.IsZero() {
			b = appendSeconds(b, m.Time.UnixNano(), 9)
		}
	case "number":
		b = strconv.AppendInt(b, int64(number), 10)
	case "len":
		b = strconv.AppendInt(b, int64(m.WireLen), 10)
	case "caplen":
		b = strconv.AppendInt(b, int64(len(p.Data())), 10)
	case "iface":
		b = append(b, m.Iface()...)
	case "comment":
		b = append(b, oneLine(strings.Join(pcapfile.Comments(m.Details().Options), "; "))...)
	case "summary":
		b = append(b, p.Summary()...)
	case "layers":
		for i, l := range p.Layers() {
			if i > 0 {
				b = append(b, '/')
			}
			b = append(b, l.Name()...)
		}
	}
	return b
}

// oneLine keeps a text on its line and in its column.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// appendField is appendValue of a layer's field. The bytes of domain names are text.
func appendField(b []byte, at layers.At, field int) []byte {
	v := at.Value(field)
	if name, ok := v.([]byte); ok && at.Layer().FieldType(field) == "DNSStrField" {
		return append(b, oneLine(string(name))...)
	}
	return appendValue(b, v)
}

// appendValue is a field's value as text for programs: numbers decimal, flags as
// letters, bytes in hexadecimal.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return b
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case layers.Flags:
		return append(b, v.String()...)
	case netip.Addr:
		return v.AppendTo(b)
	case layers.MAC:
		return v.AppendTo(b)
	case []byte:
		return hex.AppendEncode(b, v)
	case string:
		return append(b, oneLine(v)...)
	case layers.List:
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, x)
		}
		return b
	case layers.Tuple:
		for i, x := range v {
			if i > 0 {
				b = append(b, ':')
			}
			b = appendValue(b, x)
		}
		return b
	case *layers.Packet:
		return append(b, oneLine(v.Summary())...)
	}
	return append(b, oneLine(fmt.Sprint(v))...)
}

// appendSeconds is a number of nanoseconds as seconds with so many decimals.
func appendSeconds(b []byte, nanos int64, decimals int) []byte {
	if nanos < 0 {
		b, nanos = append(b, '-'), -nanos
	}
	b = strconv.AppendInt(b, nanos/1e9, 10)
	return appendFraction(b, nanos%1e9, decimals)
}

func appendFraction(b []byte, frac int64, decimals int) []byte {
	b = append(b, '.')
	unit := int64(1e8)
	for range decimals {
		b = append(b, byte('0'+frac/unit%10))
		unit /= 10
	}
	return b
}
