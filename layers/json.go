package layers

import (
	"encoding/json"
	"strconv"
	"strings"
)

// JSON is the packet as a JSON array, one object a layer with its fields in the
// table's order:
//
//	[{"layer": "IP", "fields": {"version": 4, "dst": "10.0.0.2", …}}, …]
//
// Numbers are numbers, addresses and flags text, bytes {"hex": "…"}, what is
// computed when built null, lists and tuples arrays, packets inside a field
// arrays of layers; sets and volatile values are the text that repr shows.
func (p *Packet) JSON() []byte { return p.JSONFrom(0) }

// JSONFrom is JSON of the layers from position i on.
func (p *Packet) JSONFrom(i int) []byte {
	var b strings.Builder
	p.writeJSON(&b, max(i, 0))
	return []byte(b.String())
}

// MarshalJSON is JSON.
func (p *Packet) MarshalJSON() ([]byte, error) { return p.JSON(), nil }

var _ json.Marshaler = (*Packet)(nil)

func (p *Packet) writeJSON(b *strings.Builder, from int) {
	b.WriteByte('[')
	for li := from; li < p.Len(); li++ {
		if li > from {
			b.WriteString(", ")
		}
		at := At{p, li}
		l := at.Layer()
		b.WriteString(`{"layer": ` + jsonText(l.proto.Name) + `, "fields": {`)
		n := 0
		for i := range l.proto.Fields {
			if !at.Exists(i) {
				continue
			}
			if n++; n > 1 {
				b.WriteString(", ")
			}
			b.WriteString(jsonText(l.proto.Fields[i].Name) + ": ")
			writeJSONValue(b, at.Value(i))
		}
		b.WriteString("}}")
	}
	b.WriteByte(']')
}

// jsonText is s in JSON's quotes; bytes that are no UTF-8 become U+FFFD.
func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // text always marshals
	}
	return string(b)
}

func writeJSONValue(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case uint64:
		b.WriteString(strconv.FormatUint(v, 10))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case string:
		b.WriteString(jsonText(v))
	case []byte:
		b.WriteString(`{"hex": "` + HexBytes(v) + `"}`)
	case RawVal:
		b.WriteString(`{"hex": "` + HexBytes(v) + `"}`)
	case List:
		writeJSONList(b, v)
	case Tuple:
		writeJSONList(b, v)
	case Dict:
		writeJSONList(b, v.items())
	case *Packet:
		v.writeJSON(b, 0)
	default:
		b.WriteString(jsonText(rawText(v)))
	}
}

func writeJSONList(b *strings.Builder, vs []any) {
	b.WriteByte('[')
	for i, v := range vs {
		if i > 0 {
			b.WriteString(", ")
		}
		writeJSONValue(b, v)
	}
	b.WriteByte(']')
}
