package layers

import (
	"fmt"
	"strings"

	"pktsh/internal/near"
)

// vector makes the two fields of a vector as many protocols write it: a length
// in bytes, of bits bits, and a body of that size (RFC 8446 §3.4).
func vector(bits int, length string, body Field) []Field {
	body.Kind = Var
	if body.Type == "" {
		body.Type = "StrLenField"
	}
	name := body.Name
	body.Size = func(l *Layer, rest []byte) int { return int(l.Uint(l.proto.Index(length))) }
	return []Field{
		{Name: length, Bits: bits, Type: "FieldLenField", Auto: func(b *Build) uint64 {
			return uint64(b.varLenAt(b.Layer().proto.Index(name)))
		}},
		body,
	}
}

// rows joins fields and lists of fields, as tables are written in pieces.
func rows(parts ...any) []Field {
	n := 0
	for _, p := range parts {
		if list, ok := p.([]Field); ok {
			n += len(list)
		} else {
			n++
		}
	}
	out := make([]Field, 0, n)
	for _, p := range parts {
		switch p := p.(type) {
		case Field:
			out = append(out, p)
		case []Field:
			out = append(out, p...)
		}
	}
	return out
}

// packetsOf is a field that holds packets of one protocol.
func packetsOf(name string, p *Proto) Field {
	return Field{Name: name, Kind: Var, Type: "PacketListField", DefaultValue: List{},
		Codec: packetList{next: func(*Layer, []byte) *Proto { return p }}}
}

// namedList is uintList whose numbers have names, by which they may be set.
type namedList struct {
	uintList
	enum *Enum
}

func (c namedList) Parse(l *Layer, v any) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	out := make(List, len(list))
	for i, m := range list {
		out[i] = m
		name, ok := m.(string)
		if !ok {
			continue
		}
		if out[i], ok = c.enum.Value(name); !ok {
			return nil, fmt.Errorf("no value named %q%s", name, near.Hint(name, c.enum.Names()))
		}
	}
	return c.uintList.Parse(l, out)
}

// numbers is a field that holds numbers of size bytes each with names.
func numbers(name string, size int, enum *Enum) Field {
	return Field{Name: name, Kind: Var, Type: "FieldListField", DefaultValue: List{},
		Codec: namedList{uintList{size}, enum},
		Text:  func(_ *Layer, v any) (string, bool) { return namesText(enum, v) }}
}

// namesText is a list of numbers by their names, without quotes.
func namesText(enum *Enum, v any) (string, bool) {
	list, ok := v.(List)
	if !ok {
		return "", false
	}
	parts := make([]string, len(list))
	for i, m := range list {
		n, isNum := m.(uint64)
		name, named := enum.Name(n)
		switch {
		case isNum && named:
			parts[i] = name
		default:
			parts[i] = pyValue(m)
		}
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}

// prefixed is a field that holds byte strings, each behind its length in size bytes.
type prefixed struct{ size int }

func (c prefixed) Decode(_ *Layer, b []byte) any {
	out := List{}
	for len(b) >= c.size {
		n := c.size + int(getBits(b, 0, c.size*8))
		if n > len(b) {
			break
		}
		out = append(out, b[c.size:n:n])
		b = b[n:]
	}
	if len(b) > 0 {
		out = append(out, RawVal(b)) // a length that lies
	}
	return out
}

func (c prefixed) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		b, _ := toBytes(m)
		if _, bare := m.(RawVal); !bare {
			if c.size < 8 && uint64(len(b))>>(8*c.size) != 0 {
				return dst, fmt.Errorf("a member of %d bytes, want at most %d", len(b), 1<<(8*c.size)-1)
			}
			for i := c.size - 1; i >= 0; i-- {
				dst = append(dst, byte(len(b)>>(8*i)))
			}
		}
		dst = append(dst, b...)
	}
	return dst, nil
}

func (c prefixed) Parse(_ *Layer, v any) (any, error) {
	return parseEach(v, func(m any) (any, error) {
		b, ok := toBytes(m)
		if !ok {
			return nil, fmt.Errorf("got %s, want byte strings", describe(m))
		}
		if r, bare := m.(RawVal); bare {
			return r, nil
		}
		return b, nil
	})
}

// parseEach is a list of what one makes of each member of v; a value that is no list
// stands for a list of it.
func parseEach(v any, one func(m any) (any, error)) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	out, err := parseMembers(list, one)
	if err != nil {
		return nil, err
	}
	return List(out), nil
}

// parseSet is the set of what one makes of each member of a list or set.
func parseSet(list []any, one func(m any) (any, error)) (any, error) {
	out, err := parseMembers(list, one)
	if err != nil {
		return nil, err
	}
	return Choice(out), nil
}

func parseMembers(list []any, one func(m any) (any, error)) (out []any, err error) {
	out = make([]any, len(list))
	for i, m := range list {
		if out[i], err = one(m); err != nil {
			return nil, err
		}
	}
	return out, nil
}
