package firewall

import (
	"encoding/binary"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Mark is the SO_MARK (socket(7)) of sockets whose RSTs are to leave: "pkts" in ASCII.
// Only sockets above the IP layer need it; what an AF_PACKET socket sends does not
// pass the output hook.
const Mark uint32 = 0x706b7473

// family says where the addresses of one IP version are.
type family struct {
	name   string
	proto  byte                 // NFPROTO_*
	addr   nftables.SetDatatype // of an address
	src    uint32               // offset of the source address in the header
	dst    uint32               // and of the destination address
	alen   uint32               // length of an address
	flow   *nftables.Set        // single connections, a hash
	ranges *nftables.Set        // Ranges without overlap, intervals
	// Transactions that add an element to flow and delete one, for courier.
	add, del elementBatch
}

// plan is the guard's table as data: what apply sends in one batch.
type plan struct {
	table    *nftables.Table
	output   *nftables.Chain
	rst      *nftables.Chain
	families [2]family
}

func newPlan(name string) *plan {
	p := &plan{table: &nftables.Table{Name: name, Family: nftables.TableFamilyINet, Flags: nftables.TableFlagOwner}}
	p.output = &nftables.Chain{
		Name: "output", Table: p.table, Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityRaw,
	}
	p.rst = &nftables.Chain{Name: "rst", Table: p.table}
	p.families = [2]family{
		// RFC 791 §3.1 and RFC 8200 §3.
		{name: "4", proto: unix.NFPROTO_IPV4, addr: nftables.TypeIPAddr, src: 12, dst: 16, alen: 4},
		{name: "6", proto: unix.NFPROTO_IPV6, addr: nftables.TypeIP6Addr, src: 8, dst: 24, alen: 16},
	}
	for i := range p.families {
		f := &p.families[i]
		key := nftables.MustConcatSetType(f.addr, nftables.TypeInetService, f.addr, nftables.TypeInetService)
		f.flow = &nftables.Set{
			Table: p.table, Name: "flow" + f.name, KeyType: key, Concatenation: true, Counter: true,
			KeyByteOrder: binaryutil.BigEndian,
		}
		f.ranges = &nftables.Set{
			Table: p.table, Name: "range" + f.name, KeyType: key, Concatenation: true, Interval: true,
			KeyByteOrder: binaryutil.BigEndian,
		}
		keyLen := 2 * (int(f.alen) + 4)
		f.add = newElementBatch(unix.NFT_MSG_NEWSETELEM, name, f.flow.Name, keyLen)
		f.del = newElementBatch(unix.NFT_MSG_DELSETELEM, name, f.flow.Name, keyLen)
	}
	return p
}

// family is the half of the plan for IPv4 or IPv6.
func (p *plan) family(is4 bool) *family {
	if is4 {
		return &p.families[0]
	}
	return &p.families[1]
}

// of is the half for a connection.
func (p *plan) of(t Tuple) *family { return p.family(t.Local.Addr().Is4()) }

// key is a Tuple's in a set.
func (t Tuple) key() []byte {
	return elementKey(t.Local.Addr().AsSlice(), t.Local.Port(), t.Remote.Addr().AsSlice(), t.Remote.Port())
}

// span is the set and the element of a Range.
func (p *plan) span(r Range) (*nftables.Set, nftables.SetElement) {
	local := r.Local.AsSlice()
	return p.family(r.Local.Is4()).ranges, nftables.SetElement{
		Key:    elementKey(local, r.Lo, r.Remote.Addr().AsSlice(), 0),
		KeyEnd: elementKey(local, r.Hi, last(r.Remote).AsSlice(), 65535),
	}
}

// elementKey concatenates the four parts as registers hold them: each begins on
// a multiple of four bytes and is padded with zeros behind (nft_payload_eval).
func elementKey(saddr []byte, sport uint16, daddr []byte, dport uint16) []byte {
	var k []byte
	k = append(k, saddr...)
	k = binary.BigEndian.AppendUint16(k, sport)
	k = append(k, 0, 0)
	k = append(k, daddr...)
	k = binary.BigEndian.AppendUint16(k, dport)
	return append(k, 0, 0)
}

// Offsets and flags of the TCP header, RFC 9293 §3.1.
const (
	tcpSport = 0
	tcpDport = 2
	tcpFlags = 13
	flagRST  = 0x04
)

// gate is the one rule that every packet of the host passes: a RST that is not our
// own goes on to the rst chain.
func (p *plan) gate() *nftables.Rule {
	return &nftables.Rule{Table: p.table, Chain: p.output, Exprs: []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_TCP}},
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: tcpFlags, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{flagRST}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: []byte{0}},
		&expr.Meta{Key: expr.MetaKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(Mark)},
		&expr.Verdict{Kind: expr.VerdictJump, Chain: p.rst.Name},
	}}
}

// lookup drops what is in a set.
func (p *plan) lookup(f *family, set *nftables.Set) *nftables.Rule {
	const reg = unix.NFT_REG32_00
	words := f.alen / 4
	return &nftables.Rule{Table: p.table, Chain: p.rst, Exprs: []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{f.proto}},
		&expr.Payload{DestRegister: reg, Base: expr.PayloadBaseNetworkHeader, Offset: f.src, Len: f.alen},
		&expr.Payload{DestRegister: reg + words, Base: expr.PayloadBaseTransportHeader, Offset: tcpSport, Len: 2},
		&expr.Payload{DestRegister: reg + words + 1, Base: expr.PayloadBaseNetworkHeader, Offset: f.dst, Len: f.alen},
		&expr.Payload{DestRegister: reg + 2*words + 1, Base: expr.PayloadBaseTransportHeader, Offset: tcpDport, Len: 2},
		&expr.Lookup{SourceRegister: reg, SetName: set.Name, SetID: set.ID},
		&expr.Counter{},
		&expr.Verdict{Kind: expr.VerdictDrop},
	}}
}
