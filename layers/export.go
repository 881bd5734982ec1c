package layers

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
