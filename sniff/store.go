package sniff

import (
	"pktsh/internal/pages"
	"pktsh/internal/pile"
	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// A Store keeps records, and makes packets of them when they are asked for. A record
// costs its bytes and 32 more, in memory that holds no pointers: a collector does not
// look into it. The zero value is an empty store. It is not safe for concurrent use; the
// packets are nobody else's.
type Store struct {
	rows   pile.List[stored]
	pieces [][]byte // of what was kept, each begun when the one before had no room
	from   []storedFrom

	numbers map[storedFrom]int // indices in from
	last    int                // index that was used last
	packer  packer
}

// stored is a record whose bytes stand in a piece: data, then options.
type stored struct {
	nanos         int64
	piece, at     uint32
	data, options uint32
	wire          uint32
	from          uint32
}

// storedFrom is what records of an interface have in common.
type storedFrom struct {
	iface *pcapfile.Interface
	label string // what Meta.Iface says where the interface has no name
}

// Pieces of a Store grow from one size to the other: a packet that outlives the others
// keeps its piece.
const (
	leastPiece = 4 << 10
	mostPiece  = 2 * pages.Huge
)

// Add keeps a copy of a record. label is what the packet is to say of its interface
// where that has no name.
func (s *Store) Add(rec *pcapfile.Record, label string) {
	n := len(rec.Data) + len(rec.Options)
	last := len(s.pieces) - 1
	if last < 0 || cap(s.pieces[last])-len(s.pieces[last]) < n {
		size := leastPiece
		if last >= 0 {
			size = min(max(2*cap(s.pieces[last]), leastPiece), mostPiece)
		}
		s.pieces = append(s.pieces, pages.Make[byte](max(size, n))[:0])
		last++
	}
	p := s.pieces[last]
	*s.rows.Add() = stored{
		nanos: rec.Nanos,
		piece: uint32(last), at: uint32(len(p)),
		data: uint32(len(rec.Data)), options: uint32(len(rec.Options)),
		wire: uint32(min(rec.WireLen, 1<<32-1)),
		from: s.number(storedFrom{rec.Iface, label}),
	}
	s.pieces[last] = append(append(p, rec.Data...), rec.Options...)
}

// number is the number of where a record is from: mostly that of the record before.
func (s *Store) number(f storedFrom) uint32 {
	if s.last < len(s.from) && s.from[s.last] == f {
		return uint32(s.last)
	}
	n, ok := s.numbers[f]
	if !ok {
		if s.numbers == nil {
			s.numbers = map[storedFrom]int{}
		}
		n = len(s.from)
		s.from, s.numbers[f] = append(s.from, f), n
	}
	s.last = n
	return uint32(n)
}

// Len is how many records there are.
func (s *Store) Len() int { return s.rows.Len() }

// Packet is record i as a packet, each time anew. Packets of one record share its bytes,
// which packets do not change.
func (s *Store) Packet(i int) *layers.Packet {
	r := s.rows.At(i)
	from := s.from[r.from]
	mid, end := r.at+r.data, r.at+r.data+r.options
	b := s.pieces[r.piece]
	rec := pcapfile.Record{Data: b[r.at:mid:mid], WireLen: int(r.wire), Nanos: r.nanos, Iface: from.iface}
	if r.options > 0 {
		rec.Options = b[mid:end:end]
	}
	label := ""
	if from.iface.Name == "" {
		label = from.label
	}
	return s.packer.packet(&rec, rec.Data, label)
}
