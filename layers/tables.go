package layers

import (
	"slices"
	"sync"
)

// The tables refer to functions that look tables up, so these come to the registry
// when the program begins to run. They cost nothing until they are called.
func init() {
	registry.families = sync.OnceValue(catalogue)
	groupRules = sync.OnceValue(makeGroupRules)
}

// catalogue lists the families of this package, each of which a file makes. Bindings are asked
// in the order of the families.
func catalogue() []family {
	makers := []func() family{
		etherTables, dot1qTables, llcTables, arpTables, eapTables, lldpTables, ipTables, ipOptionsTables, tcpTables,
		udpTables, greTables, mplsTables, linkTypesTables, igmpTables, vrrpTables, sctpTables, udpliteTables, pppoeTables,
		pppTables, pptpTables, dnsTables, dhcpTables, vxlanTables, geneveTables, dhcp6Tables, l2tpTables, radiusTables,
		ntpTables, hsrpTables, ripTables, tftpTables, bfdTables, ipsecTables, erspanTables, ospfTables, bgpTables,
		slowTables, netflowTables, httpTables, tlsTables, cdpTables, ctpTables, dot11Tables, radiotapTables, prismTables,
		enipTables, etheripTables, fddiTables, gtpTables, isakmpTables, lcmTables, llmnrTables, macsecTables,
		mobileipTables, modbusTables, netbiosTables, nortelTables, pflogTables, rmcpTables, rudpTables, sflowTables,
		asn1Tables, snmpTables, canTables, usbTables, wireguardTables, ripngTables, nshTables, pimTables, eigrpTables, ospf3Tables, ikev2Tables,
		rawTables,
	}
	list := make([]family, len(makers))
	for i, tables := range makers {
		list[i] = tables()
	}
	return list
}

// existing are those of a list by number that there are.
func existing(list []*Proto) []*Proto {
	return slices.DeleteFunc(slices.Clone(list), func(p *Proto) bool { return p == nil })
}
