package sniff_test

import (
	"testing"

	"pktsh/layers"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

// A packet of a file goes back as one of the link type that it had, as long as it begins as
// packets of that do.
func TestRecordKeepsLinkType(t *testing.T) {
	ip4, ip6 := append([]byte{0x45}, make([]byte, 19)...), append([]byte{0x60}, make([]byte, 39)...)
	for _, c := range []struct {
		link, want pcapfile.LinkType
		data       []byte
	}{
		{pcapfile.Raw, pcapfile.Raw, ip4},
		{pcapfile.Raw, pcapfile.Raw, ip6},
		{pcapfile.IPv4, pcapfile.IPv4, ip4},
		{pcapfile.Loop, pcapfile.Loop, append([]byte{0, 0, 0, 2}, ip4...)},
		{pcapfile.Null, pcapfile.Null, append([]byte{2, 0, 0, 0}, ip4...)},
		{147, 147, []byte{1, 2, 3}}, // USER0, which no layer knows
	} {
		p := sniff.PacketOf(&pcapfile.Record{Data: c.data, Iface: &pcapfile.Interface{LinkType: c.link}})
		var r sniff.Recorder
		if rec, err := r.Record(p); err != nil || rec.Iface.LinkType != c.want {
			t.Errorf("link type %s: %v, %v", c.link, rec, err)
		}
	}
	// One that begins with something else now is of another link type.
	was := sniff.PacketOf(&pcapfile.Record{Data: ip4, Iface: &pcapfile.Interface{LinkType: pcapfile.Raw}})
	p := layers.Dissect(layers.Ether, make([]byte, 14))
	p.Meta = was.Meta
	var r sniff.Recorder
	if rec, err := r.Record(p); err != nil || rec.Iface.LinkType != pcapfile.Ethernet {
		t.Errorf("an Ethernet frame: %v, %v", rec, err)
	}
}
