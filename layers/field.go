package layers

import (
	"slices"
	"sync/atomic"
)

// A Kind says how a field's bytes are read as a value, printed and parsed.
type Kind uint8

const (
	Uint   Kind = iota // number printed in decimal; named by Enum if there is one
	Hex                // number printed in hexadecimal; named by Enum if there is one
	Flag               // bits named by Flags
	Addr4              // 32 bits, an address
	Addr6              // 128 bits, an address
	HWAddr             // 48 bits, an Ethernet address
	Fixed              // Bits/8 bytes that are text or data, padded with zeros
	Var                // bytes of variable number; Codec says what they are
)

// A Field is one row of a protocol's table. There are thousands, made whenever
// the program starts: what is small stands together.
type Field struct {
	Name string
	Kind Kind

	// Phantom marks a switch that steers how the header is built and takes no
	// place on the wire (the autopad of IPv6 options). Its width is that of
	// its value.
	Phantom bool

	// Absent says that the field is None until it is set, which show tells.
	Absent bool

	// Given has repr and command name the field though nobody set it.
	Given bool

	// Told has repr name what Derive gives, as it does what the layer above gives by a binding.
	Told bool

	// Clock says that Auto reads the time, so that no two packets are alike.
	Clock bool

	// Little, with numeric kinds of whole bytes, has the least significant
	// byte come first. Optional.
	Little bool

	// Align is the multiple of bytes, counted from the header's first, that
	// the field begins at: what is in front of it is filled up with zeros. Optional.
	Align uint8

	slot uint8 // index in Layer.slots of a Var field

	Bits    int    // width on the wire; 0 for Var
	Default uint64 // numbers, flags, IPv4 and Ethernet addresses. Optional.

	// DefaultValue is the default of an IPv6, Fixed or Var field. Optional.
	DefaultValue any

	Enum  *Enum                // names of values. Optional.
	Names func(l *Layer) *Enum // names that depend on other fields (ICMP codes). Optional.
	Flags *FlagSet             // names of bits; with Kind Flag.

	// Unit, with numeric kinds, is what a value of 1 is on the wire: the field is
	// a fixed-point number that people read and write as a float64. Optional.
	Unit uint64

	Codec Codec // with Kind Var; nil means plain bytes.

	// Len computes the field when nobody set it, from how many bytes the
	// header and its payload have. Until the packet is built it shows as None. Optional.
	Len func(header, payload int) int

	// Auto is Len for what does not follow from these two alone: it is called after
	// everything that follows the header has been written. Optional.
	Auto func(b *Build) uint64

	// Derive gives the value of an unset field from its surroundings, at any
	// time: a source address from the destination. It may look at addresses
	// and at what ARP asks; a [Template] takes it that nothing else counts.
	// ok=false leaves the default. Optional.
	Derive func(at At) (v any, ok bool)

	// When says whether the field exists in this layer, for fields that
	// depend on others before them or on what carries the layer. Optional.
	When func(l *Layer) bool

	// Size is how many of the bytes from its place on a Var field takes. nil
	// means all of them.
	Size func(l *Layer, rest []byte) int

	// Form, when set, gives the kind and width this field has in l, for
	// fields whose type depends on others (ARP addresses). Optional.
	Form func(l *Layer) *Field

	// Text prints a value in a way of its own; ok=false leaves it to the
	// kind. Optional.
	Text func(l *Layer, v any) (s string, ok bool)

	// Words reads text that stands for a number in a way of its own, the
	// opposite of Text; ok=false leaves it to Enum. Optional.
	Words func(s string) (n uint64, ok bool)

	// Tacit tells that the field says nothing in l, since its value is what it
	// would be anyway: it is not printed. Optional.
	Tacit func(l *Layer) bool

	// Type is what ls() calls the field's type; empty means it follows from
	// Kind, Bits and Enum.
	Type string

	Aliases []string // other names it answers to (Scapy 2.5's). Optional.

	cell int // bit offset in Layer.cells
}

// Computed tells a field that building computes when nobody set it.
func (f *Field) Computed() bool { return f.Len != nil || f.Auto != nil }

// compute is the field's value in the layer at work.
func (f *Field) compute(b *Build) uint64 {
	if f.Len != nil {
		return uint64(f.Len(b.lengths()))
	}
	return f.Auto(b)
}

// A Codec is a variable field's encoding. Implementations keep no state.
type Codec interface {
	// Decode reads the whole of b, which it must keep losslessly: Encode of
	// its result gives b again but for padding that the table adds.
	Decode(l *Layer, b []byte) any
	// Encode appends the wire form of v.
	Encode(l *Layer, dst []byte, v any) ([]byte, error)
	// Parse checks a value that a person set and brings it into Decode's form.
	Parse(l *Layer, v any) (any, error)
}

// A Codec may say that bytes are not of its kind at all: what claims to be such
// a header is then Raw.
type checker interface {
	Check(l *Layer, b []byte) error
}

// A Codec may say that its values are single ones, so that a list of them is a set.
type singler interface {
	single()
}

// A Table is what there is to know of one protocol. It is filled once and never
// changed when the protocol is in use.
type Table struct {
	Title  string // what show() calls it: "802.1Q"; empty means Name
	Doc    string // one line for help: what it is and where it is specified
	Fields []Field

	// Dispatch names the protocol that bytes offered to this one really are, nil
	// for this one: an Ethernet frame whose type is a length is 802.3. Optional.
	Dispatch func(b []byte) *Proto

	// DispatchBy is the one-byte field that Dispatch goes by also where a layer is
	// made with that field: PPP_PAP(code=2) is a PPP_PAP_Response. Optional.
	DispatchBy string

	// Arg is the field that a value in brackets behind the name sets where it is
	// no packet's bytes, as in ASN1_OID("1.3"). Optional.
	Arg string

	// Read takes a header apart that is no row of fields, such as text: it
	// gives l its fields with take and says how long the header is. Write
	// appends such a header. Both or neither; the fields are Var ones. Optional.
	Read  func(l *Layer, b []byte) (int, error)
	Write func(b *Build) ([]byte, error)

	// Dissect takes the header apart in the place of its fields, which fields reads into l,
	// what Trailer takes too, and says what is behind; it gives what the payload is made of, which need not be
	// bytes of b: those of an encoded payload. Optional.
	Dissect func(l *Layer, b []byte, fields func(b []byte) ([]byte, error)) ([]byte, error)

	// Pad is the multiple of bytes the header is padded to with zeros, when
	// it has Var fields (4 for IPv4 and TCP). Optional.
	Pad int

	// HeaderLen is the length in bytes that a dissected header claims, for
	// Var fields without a Size: they get what it leaves after the fixed
	// part, bounded by what is there. Optional.
	HeaderLen func(l *Layer) int

	// PayloadLen is how many of the bytes behind the header belong to the
	// payload; the others are padding. A negative number, as nil, means all.
	PayloadLen func(l *Layer, headerLen int, rest []byte) int

	// Behind chooses the protocol of what PayloadLen left out, which is Padding
	// where it is nil or says so. Optional.
	Behind func(at At, rest []byte) *Proto

	// Trailer takes the last bytes of rest that belong to this header although
	// they stand behind the payload, such as a frame check sequence, and says how
	// many they are; Finish puts them there. Optional.
	Trailer func(l *Layer, rest []byte) int

	// Sum is the header's Internet checksum, made when its field is unset. Optional.
	Sum *Sum

	// Finish runs after the header's automatic fields and its Sum are filled in,
	// innermost layer first, with everything behind it final: checksums of
	// other kinds. Optional.
	Finish func(b *Build)

	// Next chooses the payload's protocol ahead of the bindings. A nil result
	// leaves it to them; NoNext means Raw. Optional.
	Next func(at At, payload []byte) *Proto

	// NeedFields is how many fields a header that the data ends inside of must
	// have, so as not to be Raw as a whole. The others are absent from the layer,
	// as long as the data ends between two fields: routers quote as little as
	// eight bytes of TCP. 0 means one.
	NeedFields int

	// WeakGuess says that bindings choose the payload by port: bytes that are
	// not what a port stands for are nothing odd, and leave no note.
	WeakGuess bool

	// PayloadIsPadding makes unrecognised payload Padding rather than Raw. Optional.
	PayloadIsPadding bool

	// Summary is the layer's share of summary(), which is used when no layer
	// above it said anything but its name; also are layers below it whose own
	// share is wanted all the same. nil means the name. Optional.
	Summary func(at At) (text string, also []*Proto)

	// Flat layers are as deep as what they carry: show does not indent it.
	Flat bool

	// Silent layers give summary() not even their name.
	Silent bool

	// Answers tells whether the layer at, received, answers the layer to,
	// sent; payloads may be asked through AnswersPayload. nil means that
	// layers of one protocol answer if their payloads do. Optional.
	Answers func(at, to At) bool

	// Key appends what a probe and its answer have in common, network
	// addresses left out when loose. nil appends the payload's. Optional.
	Key func(dst []byte, at At, loose bool) []byte

	// pseudo finds the pseudo-header of the transport header at work, for which
	// layer below is the one below.
	pseudo func(b *Build, below int) bool

	// addrs is how many bytes the two addresses have that header hdr of layer l ends in,
	// if all else that pseudo finds is the real length; else 0.
	addrs func(l *Layer, hdr []byte) int

	like   *Proto // whose table this is under another name; nil for its own
	joined bool   // its bindings to what is below are this one's too
}

// A Proto is a protocol: its name, and its table, which the linker lays out or
// make makes when the protocol is first used. [Use] has it complete.
type Proto struct {
	Name string // what the shell calls it: "TCP"
	Table

	make    func() Table // of a table that is put together from parts; nil for one that stands there
	defined bool         // by Define
	parent  *Proto       // whose bindings below are this one's too; nil for none
	plan
	guesses atomic.Pointer[guesser] // what the bindings above come to; nil until asked for
	joins   atomic.Pointer[[]join]  // what those below come to; nil until asked for
}

// NoNext, returned by Proto.Next, makes the payload Raw whatever is bound.
var NoNext = &Proto{Name: "Raw"}

// Base is the protocol that this one is a kind of, nil if it is a kind of its own: of
// TCPerror it is TCP.
func (p *Proto) Base() *Proto {
	if p.like != nil {
		return p.like
	}
	return p.parent
}

// Index is the position of the field called name or one of its aliases, -1 if
// the protocol has none.
func (p *Proto) Index(name string) int {
	if p.make != nil {
		p.Use()
	}
	return p.index(name)
}

// index is Index of a table that is complete.
func (p *Proto) index(name string) int {
	for i := range p.Fields {
		if p.Fields[i].Name == name {
			return i
		}
	}
	for i := range p.Fields {
		if slices.Contains(p.Fields[i].Aliases, name) {
			return i
		}
	}
	return -1
}

// MinLen is the number of bytes that every header of the protocol has.
func (p *Proto) MinLen() int {
	if !p.Use().plain {
		return 0
	}
	return p.fixedLen
}

// TitleText is what show() calls the protocol.
func (p *Proto) TitleText() string {
	if p.make != nil {
		p.Use()
	}
	if p.Title != "" {
		return p.Title
	}
	return p.Name
}

func (p *Proto) String() string { return p.Name }

// absent makes a field that is None until it is set.
func absent(f Field) Field {
	f.Absent = true
	return f
}

// unsetZero makes a field of bytes that shows 0 until it is set.
func unsetZero(f Field) Field {
	name := f.Name
	f.Text = func(l *Layer, _ any) (string, bool) { return "0", !l.IsSet(l.proto.index(name)) }
	return f
}

// isNone tells whether field i is None: nobody set it, and nothing around it decides, or the packet
// ended in front of it.
func (a At) isNone(i int) bool {
	l := a.Layer()
	switch {
	case !l.proto.Fields[i].Absent:
		return false
	case l.IsSet(i):
		return l.endsBefore(i)
	}
	return a.Value(i) == nil
}

// TypeName is what ls() calls the field's type: Scapy's name for it.
func (f *Field) TypeName() string {
	if f.Type != "" {
		return f.Type
	}
	x := ""
	if f.Kind == Hex {
		x = "X"
	}
	enum := ""
	if f.Enum != nil {
		enum = "Enum"
	}
	switch f.Kind {
	case Flag:
		return "FlagsField"
	case Addr4:
		return "IPField"
	case Addr6:
		return "IP6Field"
	case HWAddr:
		return "MACField"
	case Fixed:
		return "StrFixedLenField"
	case Var:
		return "StrField"
	}
	switch f.Bits {
	case 8:
		return x + "Byte" + enum + "Field"
	case 16:
		return x + "Short" + enum + "Field"
	case 24:
		return x + "3BytesField"
	case 32:
		return x + "Int" + enum + "Field"
	case 64:
		return x + "LongField"
	}
	return x + "Bit" + enum + "Field"
}
