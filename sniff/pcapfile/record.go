package pcapfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// A Record is one packet as it stands in a file.
type Record struct {
	Data    []byte     // what was kept of it
	WireLen int        // its length on the wire, at least len(Data); 0 means len(Data)
	Nanos   int64      // when it was captured, in nanoseconds since 1970, or NoTime
	Iface   *Interface // where; nil is allowed for writing, and means the writer's link type
	Options []byte     // pcapng's options of the packet, see EachOption
}

// NoTime is the time of a packet whose block has none (pcapng's simple packets).
const NoTime = math.MinInt64

// Time is the record's time, the zero Time for none.
func (r *Record) Time() time.Time {
	if r.Nanos == NoTime {
		return time.Time{}
	}
	return time.Unix(0, r.Nanos)
}

// Clone is a record that shares nothing with r but the interface.
func (r *Record) Clone() *Record {
	c := *r
	c.Data, c.Options = slices.Clone(r.Data), slices.Clone(r.Options)
	return &c
}

// NanosOf is t as Record.Nanos has it.
func NanosOf(t time.Time) int64 {
	if t.IsZero() {
		return NoTime
	}
	return t.UnixNano()
}

// An Interface is where packets of a file were captured. A pcap file has one, with
// nothing but a link type.
type Interface struct {
	Name        string
	Description string
	LinkType    LinkType
	SnapLen     int   // bytes kept of each packet; 0: no limit
	Resol       uint8 // if_tsresol: 10^-n s, or 2^-n s with the high bit set; 0 means 9 when written
	FCSLen      int   // bytes of frame check sequence at the end of each packet; 0: none or unknown
	Stats       *Stats
	Section     *Section // nil for an interface that no file has
	Options     []byte   // all options of its block; nil: made of the members above

	units  units
	number int // in its section
}

// A Section is a pcapng file, or one of several that were put one behind the other.
type Section struct {
	Options []byte // hardware, system, program, comments

	// Blocks is for who keeps packets in memory: what Reader.OnBlock was given
	// may be remembered there, and how many blocks were not. Readers leave both alone.
	Blocks []Block
	Left   int

	swapped bool // big-endian
	ifaces  []*Interface
}

// Stats are the counts that a capturing program wrote about an interface (pcapng's
// Interface Statistics Block). A count that is not there is -1.
type Stats struct {
	Received  int64 // isb_ifrecv
	IfDropped int64 // isb_ifdrop: by the interface
	Accepted  int64 // isb_filteraccept
	Dropped   int64 // isb_osdrop: by the kernel
	Delivered int64 // isb_usrdeliv
	Start     int64 // isb_starttime as Record.Nanos, or NoTime
	End       int64 // isb_endtime
}

// A Block is a pcapng block that is no packet.
type Block struct {
	Type    uint32
	Body    []byte     // between the lengths, little-endian
	Iface   *Interface // of an interface's description or statistics
	As      *Interface // the interface that it is written for, if that is not Iface
	Section *Section   // that it stands in
	Foreign bool       // a big-endian file's block of unknown inner order: cannot be rewritten
}

// Types of pcapng blocks.
const (
	BlockInterface          = 1
	BlockPacket             = 2 // obsolete
	BlockSimple             = 3
	BlockNames              = 4
	BlockStats              = 5
	BlockEnhanced           = 6
	BlockSecrets            = 0xa
	BlockCustom             = 0xbad
	BlockCustomNoCopy       = 0x40000bad
	BlockSection            = 0x0a0d0d0a
	maxIfaces               = 1 << 16
	maxRecord               = 256 << 20
	defaultSnapLen          = 262144 // libpcap's MAXIMUM_SNAPLEN
	secondsMicros     uint8 = 6      // if_tsresol's default
)

// ErrNotCapture is a file that is no capture file at all.
var ErrNotCapture = errors.New("not a capture file")

// A DamageError says where a file stops making sense. All before it was given.
type DamageError struct {
	File    string // as it was opened; "" for a stream
	Offset  int64  // of the record or block at fault, in the file as unpacked
	Packed  bool   // the file is compressed
	Packets int    // given before
	Msg     string
	Err     error // from reading or unpacking; may be nil
}

func (e *DamageError) Error() string {
	what := e.File
	if what == "" {
		what = "capture"
	}
	of := ""
	if e.Packed {
		of = " of the unpacked data"
	}
	s := fmt.Sprintf("%s: damaged at byte %d%s, after %d packets: %s", what, e.Offset, of, e.Packets, e.Msg)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *DamageError) Unwrap() error { return e.Err }

// Kind is the class of the exception that the shell makes of it.
func (e *DamageError) Kind() string { return "ValueError" }
