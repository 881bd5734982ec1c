package layers

import (
	"fmt"
	"strings"
)

// Show is the packet as a tree, one field a line, as Scapy's show(). Fields that
// are computed when built show None; what dissecting could not make sense of
// stands in lines that begin with "!!!".
func (p *Packet) Show() string { return Theme{}.Show(p, 0) }

// ShowFrom is Show of the layers from position i on, as they stand in p.
func (p *Packet) ShowFrom(i int) string { return Theme{}.Show(p, i) }

// Show2 is Show of the packet as a receiver sees it: built and dissected again,
// so that lengths and checksums are filled in.
func (p *Packet) Show2() (string, error) { return p.Show2From(0) }

// Show2From is Show2 of the layers from position i on, which are built in their
// place and taken apart on their own.
func (p *Packet) Show2From(i int) (string, error) {
	l := p.At(i).Layer()
	if l == nil {
		return "", nil
	}
	b, err := p.BuildFrom(i)
	if err != nil {
		return "", err
	}
	return Dissect(l.proto, b).Show(), nil
}

// Show is p.ShowFrom(i) in the theme's colours.
func (t Theme) Show(p *Packet, i int) string {
	var b strings.Builder
	t.show(&b, p, max(i, 0), "")
	return b.String()
}

// show writes the layers from position from on; gutter begins every line.
func (t Theme) show(b *strings.Builder, p *Packet, from int, gutter string) {
	indent := ""
	for i := from; i < p.Len(); i++ {
		t.showLayer(b, At{p, i}, gutter, indent)
		if !p.layers[i].proto.Flat {
			indent += "   "
		}
	}
	for _, n := range p.notes {
		fmt.Fprintf(b, "%s%s\n", gutter, paint(t.Note, n.String()))
	}
}

func (n Note) String() string {
	return fmt.Sprintf("!!! byte %d, %s: %s", n.Offset, n.Layer, n.Msg)
}

func (t Theme) showLayer(b *strings.Builder, at At, gutter, indent string) {
	l := at.Layer()
	fmt.Fprintf(b, "%s%s %s %s\n", gutter, paint(t.Punct, "###["), paint(t.Layer, l.proto.TitleText()), paint(t.Punct, "]###"))
	for i := range l.proto.Fields {
		f := &l.proto.Fields[i]
		if !at.Exists(i) || f.Tacit != nil && f.Tacit(l) {
			continue
		}
		name := paint(t.strong(t.Field, f), f.Name) + strings.Repeat(" ", max(10-len(f.Name), 0))
		if packets, ok := at.packetsIn(i); ok && f.Text == nil && !at.isNone(i) {
			fmt.Fprintf(b, "%s%s  \\%s\\\n", gutter, indent, name)
			for _, q := range packets {
				t.show(b, q, 0, gutter+indent+"   |")
			}
			continue
		}
		fmt.Fprintf(b, "%s%s  %s%s %s\n", gutter, indent, name, paint(t.Punct, "="),
			paint(t.strong(t.Value, f), FieldText(at, i)))
	}
	if Reading != nil && l.proto == Raw {
		if data, ok := at.Value(0).([]byte); ok {
			for _, line := range Reading(at, data) {
				fmt.Fprintf(b, "%s%s  %s\n", gutter, indent, paint(t.Note, "~ "+line))
			}
		}
	}
}

// Reading, when set, says in a few lines what the bytes of a Raw layer look like
// to a decoder outside this package. Its answer is shown, never part of the
// packet. It is called while printing alone and must not panic.
var Reading func(raw At, data []byte) []string

// packetsIn are the packets that field i holds, ok=false if it is not of that kind.
func (a At) packetsIn(i int) (out []*Packet, ok bool) {
	switch v := a.Value(i).(type) {
	case *Packet:
		return []*Packet{v}, true
	case List:
		for _, m := range v {
			p, ok := m.(*Packet)
			if !ok {
				return nil, false
			}
			out = append(out, p)
		}
	case nil:
	default:
		return nil, false
	}
	return out, len(out) > 0 || a.Layer().proto.Fields[i].holdsPackets()
}
