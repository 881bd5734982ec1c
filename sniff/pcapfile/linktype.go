package pcapfile

import (
	"fmt"
	"strconv"
)

// LinkType says which header the packets of an interface begin with: a LINKTYPE_
// number of https://www.tcpdump.org/linktypes.html.
type LinkType uint16

// Link types by libpcap's names.
const (
	Null             LinkType = 0 // BSD loopback
	Ethernet         LinkType = 1
	PPP              LinkType = 9
	FDDI             LinkType = 10
	PPPHDLC          LinkType = 50
	PPPEther         LinkType = 51
	Raw              LinkType = 101 // an IP packet, of the version that it says
	CHDLC            LinkType = 104
	IEEE80211        LinkType = 105
	Loop             LinkType = 108 // OpenBSD loopback
	LinuxSLL         LinkType = 113
	PFLog            LinkType = 117
	IEEE80211Prism   LinkType = 119
	IEEE80211Radio   LinkType = 127
	User0            LinkType = 147
	USBLinux         LinkType = 189 // usbmon
	USBLinuxMmapped  LinkType = 220
	CANSocketCAN     LinkType = 227
	IPv4             LinkType = 228
	IPv6             LinkType = 229
	Netlink          LinkType = 253
	LinuxSLL2        LinkType = 276
	dltRaw           LinkType = 12 // DLT_RAW on Linux, and 14 on OpenBSD, where a program wrote DLT numbers
	dltRawBSD        LinkType = 14
	linkTypeReserved          = 1 << 16
)

var linkTypeNames = map[LinkType]string{
	Null: "NULL", Ethernet: "EN10MB", 3: "AX25", 6: "IEEE802", 7: "ARCNET", 8: "SLIP", PPP: "PPP", FDDI: "FDDI",
	dltRaw: "RAW", dltRawBSD: "RAW", PPPHDLC: "PPP_SERIAL", PPPEther: "PPP_ETHER", 100: "ATM_RFC1483", Raw: "RAW", CHDLC: "C_HDLC",
	IEEE80211: "IEEE802_11", 107: "FRELAY", Loop: "LOOP", LinuxSLL: "LINUX_SLL", 114: "LTALK", PFLog: "PFLOG", IEEE80211Prism: "PRISM_HEADER",
	122: "IP_OVER_FC", 123: "SUNATM", IEEE80211Radio: "IEEE802_11_RADIO", 129: "ARCNET_LINUX", 138: "APPLE_IP_OVER_IEEE1394",
	140: "MTP2", 141: "MTP3", 142: "SCCP", 143: "DOCSIS", 144: "LINUX_IRDA", User0: "USER0", 163: "IEEE802_11_RADIO_AVS",
	165: "BACNET_MS_TP", 166: "PPP_PPPD", 169: "GPRS_LLC", 187: "BLUETOOTH_HCI_H4", USBLinux: "USB_LINUX", 192: "PPI",
	195: "IEEE802_15_4_WITHFCS", 201: "BLUETOOTH_HCI_H4_WITH_PHDR", 203: "LAPD", 209: "IPMB_LINUX", 215: "IEEE802_15_4_NONASK_PHY",
	USBLinuxMmapped: "USB_LINUX_MMAPPED", 224: "FC_2", CANSocketCAN: "CAN_SOCKETCAN", IPv4: "IPV4", IPv6: "IPV6",
	230: "IEEE802_15_4_NOFCS", 231: "DBUS", 239: "NFLOG", 240: "NETANALYZER", 247: "INFINIBAND", 248: "SCTP", 249: "USBPCAP",
	251: "BLUETOOTH_LE_LL", Netlink: "NETLINK", 254: "BLUETOOTH_LINUX_MONITOR", 256: "BLUETOOTH_LE_LL_WITH_PHDR", 258: "PKTAP",
	259: "EPON", 265: "ISO_14443", 266: "RDS", 268: "OPENVIZSLA", 270: "ZWAVE_R1_R2", 271: "VSOCK", 272: "NORDIC_BLE",
	274: "ETHERNET_MPACKET", 275: "DISPLAYPORT_AUX", LinuxSLL2: "LINUX_SLL2",
}

// String is the type's name as tcpdump -L prints it, or its number.
func (t LinkType) String() string {
	if s, ok := linkTypeNames[t]; ok {
		return s
	}
	return strconv.Itoa(int(t))
}

// ParseLinkType reads a name or a number.
func ParseLinkType(s string) (LinkType, error) {
	if n, err := strconv.ParseUint(s, 0, 16); err == nil {
		return LinkType(n), nil
	}
	best, found := LinkType(0), false
	for t, name := range linkTypeNames {
		if name == s && (!found || t > best) { // RAW is 101, not DLT_RAW
			best, found = t, true
		}
	}
	if !found {
		return 0, fmt.Errorf("link type %q: want a name such as EN10MB or a number below 65536", s)
	}
	return best, nil
}
