package packetsock

import "time"

// A Frame is one frame as it crossed an interface, link-layer header included.
type Frame struct {
	Data         []byte     // what was kept of it, VLAN tag in place
	WireLen      int        // its length on the wire in bytes; above len(Data) if it was cut
	Time         int64      // kernel's time of arrival or departure, nanoseconds since 1970 (CLOCK_REALTIME)
	Ifindex      int        // interface that it crossed
	Type         PacketType // direction and addressee
	Protocol     uint16     // EtherType as the kernel read it
	HardwareType uint16     // ARPHRD_* of the interface: what kind of header Data begins with
	NetOffset    int        // where in Data the network header is, by the kernel's reading; of a Ring only
	ChecksumOpen bool       // its transport checksum is left to the card, and not yet right
	CardTime     bool       // Time is the card's (RingConfig.CardTime), not the kernel's

	addr    [8]byte // sender's link-layer address, as the kernel read it
	addrLen uint8
}

// Addr is the sender's link-layer address as the kernel read it; empty where the
// link has none. It is known of a Ring's frames only.
func (f *Frame) Addr() []byte { return f.addr[:min(int(f.addrLen), len(f.addr))] }

// When is f.Time as a time.Time.
func (f *Frame) When() time.Time { return time.Unix(0, f.Time) }

// PacketType is sockaddr_ll.sll_pkttype (packet(7)): whom the kernel takes a
// frame to be for, judged by its destination MAC address.
type PacketType uint8

// Packet types, with the values of linux/if_packet.h.
const (
	Host      PacketType = 0 // to this host
	Broadcast PacketType = 1
	Multicast PacketType = 2
	OtherHost PacketType = 3 // to another host: seen in promiscuous mode
	Outgoing  PacketType = 4 // sent by this host
)

func (t PacketType) String() string {
	switch t {
	case Host:
		return "host"
	case Broadcast:
		return "broadcast"
	case Multicast:
		return "multicast"
	case OtherHost:
		return "otherhost"
	case Outgoing:
		return "outgoing"
	}
	return "unknown"
}

// Hardware types of interfaces that pktsh treats in their own way (linux/if_arp.h).
const (
	HardwareEther    = 1      // ARPHRD_ETHER
	HardwareTunnel   = 768    // ARPHRD_TUNNEL: IPv4 in IPv4, no link header
	HardwareTunnel6  = 769    // ARPHRD_TUNNEL6: anything in IPv6, no link header
	HardwareLoopback = 772    // ARPHRD_LOOPBACK: Ethernet headers with zero addresses
	HardwareSIT      = 776    // ARPHRD_SIT: IPv6 in IPv4, no link header
	HardwareRawIP    = 519    // ARPHRD_RAWIP: no link header, as on modems
	HardwareNone     = 0xfffe // ARPHRD_NONE: no link header, as on tun and wireguard
)

// Stats counts what a receiving socket was offered since it was opened.
type Stats struct {
	Received uint64 // accepted by the filter and delivered
	Dropped  uint64 // accepted by the filter and lost for want of room
	Freezes  uint64 // times a ring stood still because all of it was full
}
