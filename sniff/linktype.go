package sniff

import (
	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// firstLayers are the protocols that packets of a link type begin with. Raw IP is
// not among them: there the packet says which.
var firstLayers = map[pcapfile.LinkType]*layers.Proto{
	pcapfile.Null:      layers.Loopback,
	pcapfile.Loop:      layers.Loopback,
	pcapfile.Ethernet:  layers.Ether,
	pcapfile.PPP:       layers.PPP,
	pcapfile.PPPHDLC:   layers.HDLC,
	pcapfile.PPPEther:  layers.PPPoE,
	pcapfile.LinuxSLL:  layers.CookedLinux,
	pcapfile.LinuxSLL2: layers.CookedLinuxV2,
	pcapfile.IPv4:      layers.IP,
	pcapfile.IPv6:      layers.IPv6,

	pcapfile.IEEE80211:      layers.Dot11,
	pcapfile.IEEE80211Prism: layers.PrismHeader,
	pcapfile.IEEE80211Radio: layers.RadioTap,

	pcapfile.FDDI:            layers.FDDI,
	pcapfile.PFLog:           layers.PFLog,
	pcapfile.USBLinux:        layers.USB,
	pcapfile.USBLinuxMmapped: layers.USBMapped,
	pcapfile.CANSocketCAN:    layers.CAN,
}

// linkTypes are the link types of packets by what they begin with.
var linkTypes = map[*layers.Proto]pcapfile.LinkType{
	layers.Ether: pcapfile.Ethernet, layers.Dot3: pcapfile.Ethernet, layers.Loopback: pcapfile.Null, layers.PPP: pcapfile.PPP,
	layers.HDLC: pcapfile.PPPHDLC, layers.PPPoE: pcapfile.PPPEther, layers.CookedLinux: pcapfile.LinuxSLL, layers.CookedLinuxV2: pcapfile.LinuxSLL2,
	layers.IP: pcapfile.IPv4, layers.IPv6: pcapfile.IPv6,
	layers.Dot11: pcapfile.IEEE80211, layers.PrismHeader: pcapfile.IEEE80211Prism, layers.RadioTap: pcapfile.IEEE80211Radio,
	layers.FDDI: pcapfile.FDDI, layers.PFLog: pcapfile.PFLog, layers.USB: pcapfile.USBLinux, layers.USBMapped: pcapfile.USBLinuxMmapped,
	layers.CAN: pcapfile.CANSocketCAN,
}

// FirstLayer is the protocol that a packet of this link type begins with: Raw for
// link types that no layer knows.
func FirstLayer(t pcapfile.LinkType, data []byte) *layers.Proto {
	if p := firstLayers[t]; p != nil {
		return p
	}
	if t.IsRawIP() && len(data) > 0 {
		switch data[0] >> 4 {
		case 4:
			return layers.IP
		case 6:
			return layers.IPv6
		}
	}
	return layers.Raw
}

// beginWith tells whether packets of a link type may begin with the protocol.
func beginWith(t pcapfile.LinkType, first *layers.Proto) bool {
	switch known := firstLayers[t]; {
	case known != nil:
		return known == first
	case t.IsRawIP():
		return first == layers.IP || first == layers.IPv6
	}
	return first == layers.Raw
}

// LinkTypeOf is the link type of packets that begin with the protocol; ok=false if
// there is none, as for TCP.
func LinkTypeOf(first *layers.Proto) (t pcapfile.LinkType, ok bool) {
	t, ok = linkTypes[first]
	return t, ok
}
