package layers

import (
	"encoding/binary"
	"fmt"
	"go/format"
	"strings"
)

// minEthernet is the length that gopacket pads Ethernet frames to.
const minEthernet = 60

// ToGo is a Go program that makes the packet with gopacket alone. Headers that a
// struct of gopacket holds to the bit become such structs, with every length and
// checksum written out; from the first that none does on, the bytes are given.
func (p *Packet) ToGo() (string, error) {
	ls, err := p.GoLayers()
	if err != nil {
		return "", fmt.Errorf("write Go program: %w", err)
	}
	if len(ls) == 0 {
		return "", fmt.Errorf("write Go program: the packet has no layers")
	}
	var structs []string
	total, known := 0, true
	var rest []byte
	for _, l := range ls {
		hdr := l.LayerContents()
		total += len(hdr)
		var text string
		if known {
			text, known = goStruct(l.Proto().Name, hdr)
		}
		if known {
			structs = append(structs, text)
		} else {
			rest = append(rest, hdr...)
		}
	}
	if len(rest) > 0 {
		structs = append(structs, "gopacket.Payload("+goBytes(rest)+")")
	}
	src := "// " + strings.ReplaceAll(p.Summary(), "\n", " ") + "\npackage main\n\nimport (\n\t\"fmt\"\n"
	body := strings.Join(structs, ",\n")
	if strings.Contains(body, "net.") {
		src += "\t\"net\"\n"
	}
	src += "\n\t\"github.com/google/gopacket\"\n"
	if strings.Contains(body, "layers.") {
		src += "\t\"github.com/google/gopacket/layers\"\n"
	}
	src += ")\n\nfunc main() {\n"
	if ls[0].Proto() == Ether && total < minEthernet {
		src += fmt.Sprintf("// gopacket pads Ethernet frames to %d bytes; this one has %d.\n", minEthernet, total)
	}
	src += "buf := gopacket.NewSerializeBuffer()\n" +
		"// Lengths and checksums are as given: gopacket.SerializeOptions would overwrite them.\n" +
		"err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{},\n" + body + ",\n)\n" +
		"if err != nil {\npanic(err)\n}\n" +
		fmt.Sprintf("fmt.Printf(\"%%x\\n\", buf.Bytes()[:%d])\n}\n", total)
	out, err := format.Source([]byte(src))
	if err != nil {
		return "", fmt.Errorf("write Go program: %w", err)
	}
	return string(out), nil
}

func goBytes(b []byte) string { return "[]byte{" + CHexdump(b) + "}" }

// goStruct is the gopacket struct that serializes to the header h, ok=false if
// none does.
func goStruct(name string, h []byte) (text string, ok bool) {
	u16 := func(i int) uint16 { return binary.BigEndian.Uint16(h[i:]) }
	u32 := func(i int) uint32 { return binary.BigEndian.Uint32(h[i:]) }
	switch {
	case name == "Ether" && len(h) == 14 && u16(12) > 0x600: // below it is a length to gopacket
		return fmt.Sprintf("&layers.Ethernet{\nDstMAC: net.HardwareAddr{%s},\nSrcMAC: net.HardwareAddr{%s},\nEthernetType: %#04x,\n}",
			CHexdump(h[:6]), CHexdump(h[6:12]), u16(12)), true
	case name == "Dot1Q" && len(h) == 4:
		return fmt.Sprintf("&layers.Dot1Q{Priority: %d, DropEligible: %t, VLANIdentifier: %d, Type: %#04x}",
			h[0]>>5, h[0]&0x10 != 0, u16(0)&0xfff, u16(2)), true
	case name == "ARP" && len(h) == 28 && u16(0) < 256 && h[4] == 6 && h[5] == 4:
		return fmt.Sprintf("&layers.ARP{\nAddrType: %d,\nProtocol: %#04x,\nHwAddressSize: 6,\nProtAddressSize: 4,\nOperation: %d,\n"+
			"SourceHwAddress: %s,\nSourceProtAddress: %s,\nDstHwAddress: %s,\nDstProtAddress: %s,\n}",
			u16(0), u16(2), u16(6), goBytes(h[8:14]), goBytes(h[14:18]), goBytes(h[18:24]), goBytes(h[24:28])), true
	case name == "IP" && len(h) >= 20:
		opts, ok := goOptions("IPv4Option", h[20:])
		return fmt.Sprintf("&layers.IPv4{\nVersion: %d,\nIHL: %d,\nTOS: %#02x,\nLength: %d,\nId: %d,\nFlags: %#x,\nFragOffset: %d,\n"+
			"TTL: %d,\nProtocol: %d,\nChecksum: %#04x,\nSrcIP: %s,\nDstIP: %s,\n%s}",
			h[0]>>4, h[0]&15, h[1], u16(2), u16(4), u16(6)>>13, u16(6)&0x1fff, h[8], h[9], u16(10), goIP(h[12:16]), goIP(h[16:20]), opts), ok
	case name == "IPv6" && len(h) == 40 && h[6] != 0: // gopacket writes the hop-by-hop header itself
		return fmt.Sprintf("&layers.IPv6{\nVersion: %d,\nTrafficClass: %#02x,\nFlowLabel: %d,\nLength: %d,\nNextHeader: %d,\nHopLimit: %d,\nSrcIP: %s,\nDstIP: %s,\n}",
			h[0]>>4, byte(u16(0)>>4), u32(0)&0xfffff, u16(4), h[6], h[7], goIP(h[8:24]), goIP(h[24:40])), true
	case name == "TCP" && len(h) >= 20 && h[12]&0x0e == 0: // the reserved bits have no field
		opts, ok := goOptions("TCPOption", h[20:])
		flags := ""
		for i, f := range []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "NS"} {
			if u16(12)>>i&1 != 0 {
				flags += f + ": true,\n"
			}
		}
		return fmt.Sprintf("&layers.TCP{\nSrcPort: %d,\nDstPort: %d,\nSeq: %d,\nAck: %d,\nDataOffset: %d,\n%sWindow: %d,\nChecksum: %#04x,\nUrgent: %d,\n%s}",
			u16(0), u16(2), u32(4), u32(8), h[12]>>4, flags, u16(14), u16(16), u16(18), opts), ok
	case name == "UDP" && len(h) == 8:
		return fmt.Sprintf("&layers.UDP{SrcPort: %d, DstPort: %d, Length: %d, Checksum: %#04x}", u16(0), u16(2), u16(4), u16(6)), true
	case name == "ICMP" && len(h) == 8:
		return fmt.Sprintf("&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(%d, %d), Checksum: %#04x, Id: %d, Seq: %d}",
			h[0], h[1], u16(2), u16(4), u16(6)), true
	}
	return "", false
}

func goIP(b []byte) string { return "net.IP{" + CHexdump(b) + "}" }

// goOptions is the Options and Padding fields of an IPv4 or TCP header, ok=false
// for options that gopacket writes otherwise: with a false length, or in IPv4 with
// anything behind the end of the list but the zeros that fill the word.
func goOptions(kind string, b []byte) (text string, ok bool) {
	if len(b) == 0 {
		return "", true
	}
	var out strings.Builder
	out.WriteString("Options: []layers." + kind + "{\n")
	padding := ""
	for len(b) > 0 {
		n := 1
		switch {
		case b[0] == 0:
			fmt.Fprint(&out, "{OptionType: 0, OptionLength: 1},\n")
			n = len(b)
			if kind == "IPv4Option" && (n > 4 || len(trimZeros(b)) > 0) {
				return "", false
			}
			if kind == "TCPOption" && n > 1 {
				padding = "Padding: " + goBytes(b[1:]) + ",\n"
			}
		case b[0] == 1:
			fmt.Fprint(&out, "{OptionType: 1, OptionLength: 1},\n")
		case len(b) < 2 || b[1] < 2 || int(b[1]) > len(b):
			return "", false
		default:
			n = int(b[1])
			fmt.Fprintf(&out, "{OptionType: %d, OptionLength: %d, OptionData: %s},\n", b[0], n, goBytes(b[2:n]))
		}
		b = b[n:]
	}
	return out.String() + "},\n" + padding, true
}
