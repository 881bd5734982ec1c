package layers

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/format"
	"strings"
	"unicode"
)

// HexBytes is b in lower-case hexadecimal.
func HexBytes(b []byte) string { return hex.EncodeToString(b) }

// BytesHex reads hexadecimal digits; white space, colons and a 0x in front are
// passed over.
func BytesHex(s string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, s)
	clean = strings.TrimPrefix(clean, "0x")
	b, err := hex.DecodeString(clean)
	if err != nil {
		return nil, fmt.Errorf("read hex %q: %w", shorten(s), err)
	}
	return b, nil
}

// Base64Bytes is b in base64 (RFC 4648 §4).
func Base64Bytes(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// BytesBase64 reads base64 of either alphabet, padded or not.
func BytesBase64(s string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '=':
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, s)
	b, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		return nil, fmt.Errorf("read base64 %q: %w", shorten(s), err)
	}
	return b, nil
}

func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// ToC is the packet as a C array, a comment at the start of each layer's bytes.
func (p *Packet) ToC() (string, error) {
	ls, err := p.GoLayers()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	total := 0
	for _, l := range ls {
		total += len(l.LayerContents())
	}
	fmt.Fprintf(&b, "/* %s */\nstatic const unsigned char packet[%d] = {\n", commentText(p.Summary()), total)
	for _, l := range ls {
		fmt.Fprintf(&b, "    /* %s */\n", l.Proto().Name)
		writeRows(&b, l.LayerContents(), "    ")
	}
	b.WriteString("};\n")
	return b.String(), nil
}

// commentText keeps a summary from ending the comment it stands in.
func commentText(s string) string { return strings.ReplaceAll(s, "*/", "* /") }

func writeRows(b *strings.Builder, data []byte, indent string) {
	for i := 0; i < len(data); i += 12 {
		b.WriteString(indent + CHexdump(data[i:min(i+12, len(data))]) + ",\n")
	}
}

// ToGo is a Go program that makes the packet with this package, prints its bytes
// and what gopacket reads in them.
func (p *Packet) ToGo() (string, error) {
	data, err := p.Build()
	if err != nil {
		return "", err
	}
	if p.Len() == 0 {
		return "", fmt.Errorf("write Go program: the packet has no layers")
	}
	var b strings.Builder
	fmt.Fprintf(&b, `// %s
package main

import (
	"fmt"

	"github.com/google/gopacket"

	"pktsh/layers"
	_ "pktsh/layers/gopkt" // lets gopacket decode with pktsh's layers
)

var packet = []byte{
`, strings.ReplaceAll(p.Summary(), "\n", " "))
	writeRows(&b, data, "\t")
	fmt.Fprintf(&b, `}

func main() {
	p := gopacket.NewPacket(packet, layers.Lookup(%q).LayerType(), gopacket.Default)
	for _, l := range p.Layers() {
		fmt.Println(l.LayerType(), len(l.LayerContents()), "bytes")
	}

	// The same packet as fields that can be changed; unset fields are computed.
	q := layers.Dissect(layers.Lookup(%[1]q), packet)
`, p.layers[0].proto.Name)
	b.WriteString(`	ls, err := q.GoLayers()
	if err != nil {
		panic(err)
	}
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, layers.Serializable(ls)...); err != nil {
		panic(err)
	}
	fmt.Print(layers.Hexdump(buf.Bytes()), "\n")
}
`)
	src, err := format.Source([]byte(b.String()))
	if err != nil {
		return "", fmt.Errorf("write Go program: %w", err)
	}
	return string(src), nil
}
