package layers

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"strconv"
	"unicode/utf8"
)

// JSON is the packet as a JSON array, one object a layer with its fields in the
// table's order:
//
//	[{"layer": "IP", "fields": {"version": 4, "dst": "10.0.0.2", …}}, …]
//
// Numbers are numbers, addresses and flags text, bytes {"hex": "…"}, what is
// computed when built null, lists and tuples arrays, packets inside a field
// arrays of layers; sets and volatile values are the text that repr shows.
func (p *Packet) JSON() []byte { return p.AppendJSON(nil) }

// JSONFrom is JSON of the layers from position i on.
func (p *Packet) JSONFrom(i int) []byte { return p.appendJSON(nil, max(i, 0)) }

// AppendJSON puts JSON behind b.
func (p *Packet) AppendJSON(b []byte) []byte { return p.appendJSON(b, 0) }

// MarshalJSON is JSON.
func (p *Packet) MarshalJSON() ([]byte, error) { return p.JSON(), nil }

var _ json.Marshaler = (*Packet)(nil)

func (p *Packet) appendJSON(b []byte, from int) []byte {
	b = append(b, '[')
	for li := from; li < p.Len(); li++ {
		if li > from {
			b = append(b, ", "...)
		}
		at := At{p, li}
		l := at.Layer()
		b = append(b, `{"layer": `...)
		b = AppendJSONText(b, l.proto.Name)
		b = append(b, `, "fields": {`...)
		n := 0
		for i := range l.proto.Fields {
			if !at.Exists(i) {
				continue
			}
			if n++; n > 1 {
				b = append(b, ", "...)
			}
			b = AppendJSONText(b, l.proto.Fields[i].Name)
			b = append(b, ": "...)
			b = appendJSONValue(b, at.Value(i))
		}
		b = append(b, "}}"...)
	}
	return append(b, ']')
}

// AppendJSONText puts s in JSON's quotes behind b, as encoding/json writes it: bytes
// that are no UTF-8 become U+FFFD.
func AppendJSONText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			text, err := json.Marshal(s)
			if err != nil { // text always marshals
				return append(b, `""`...)
			}
			return append(b, text...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendJSONValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case string:
		return AppendJSONText(b, v)
	case []byte:
		return appendJSONHex(b, v)
	case RawVal:
		return appendJSONHex(b, v)
	case netip.Addr:
		if v.Is4() {
			b = append(b, '"')
			b = v.AppendTo(b)
			return append(b, '"')
		}
	case MAC:
		b = append(b, '"')
		b = v.AppendTo(b)
		return append(b, '"')
	case List:
		return appendJSONList(b, v)
	case Tuple:
		return appendJSONList(b, v)
	case Dict:
		return appendJSONList(b, v.items())
	case *Packet:
		return v.appendJSON(b, 0)
	}
	return AppendJSONText(b, rawText(v))
}

func appendJSONHex(b, v []byte) []byte {
	b = append(b, `{"hex": "`...)
	b = hex.AppendEncode(b, v)
	return append(b, `"}`...)
}

func appendJSONList(b []byte, vs []any) []byte {
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendJSONValue(b, v)
	}
	return append(b, ']')
}
