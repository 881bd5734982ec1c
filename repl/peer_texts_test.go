package repl

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pktsh/layers"
	"pktsh/repl/py"
)

// peerTextsPython is Debian's Scapy with what 2.7 prints: it reads an expression a line and answers with the
// bytes, repr(), show() and summary() of the packet, and these texts of the bytes dissected.
const peerTextsPython = `
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
from scapy27 import *
import logging
logging.disable(logging.CRITICAL)
for m in ("ospf", "bgp", "slowprot", "lacp", "erspan", "bfd", "cdp", "modbus", "etherip", "eigrp", "gtp", "pim", "ripng", "wireguard", "nsh", "ikev2", "enipTCP", "macsec"):
    load_contrib(m)
load_layer("tls")
from scapy.layers.tls.all import *
from scapy.layers.can import CAN
from scapy.layers.pflog import PFLog
texts = lambda p: [v27(repr(p)), v27(p.show(dump=True)), p.summary()]
for line in sys.stdin:
    try:
        p = eval(line)
        b = raw(p)
        print("= " + json.dumps([b.hex()] + texts(p) + texts(type(p)(b))))
    except Exception as e:
        print("! %s %s" % (type(e).__name__, str(e).replace("\n", " ")))
    sys.stdout.flush()
`

// TestPeerScapyRandomTexts compares what people know by heart of packets made from our own tables.
func TestPeerScapyRandomTexts(t *testing.T) {
	g := &exprMaker{rand: rand.New(rand.NewPCG(peerSeed(t), 2)), true: true}
	count := 3000
	if n, err := strconv.Atoi(os.Getenv("PKTSH_COUNT")); err == nil {
		count = n
	}
	var protos []*layers.Proto
	for _, p := range g.protos() {
		if !textsDiffer.MatchString(p.Name) {
			protos = append(protos, p)
		}
	}
	exprs := make([]string, count)
	for i := range exprs {
		exprs[i] = g.layer(protos[i%len(protos)], 0.4)
	}
	testdata, err := filepath.Abs("../layers/testdata")
	if err != nil {
		t.Fatal(err)
	}
	theirs := scapyPeer(t, exprs, peerTextsPython, testdata)
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	layers.SetEnv(nowhere{})
	same, noted := 0, 0
	for i, expr := range exprs {
		var want []string
		if answer, ok := strings.CutPrefix(theirs[i], "= "); !ok {
			continue
		} else if err := json.Unmarshal([]byte(answer), &want); err != nil {
			t.Fatal(err)
		}
		v, err := s.in.Exec(t.Context(), "<in>", expr, py.ModeSingle)
		p, ok := v.(*packet)
		if !ok {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		b, err := p.p.Build()
		if err != nil || hex.EncodeToString(b) != want[0] {
			continue // TestPeerScapyRandomExpressions tells
		}
		q := layers.Dissect(p.p.Layers()[0].Proto(), b)
		if len(q.Notes()) > 0 {
			noted++ // what does not fit is kept as bytes, in Scapy as fields that were never there
			continue
		}
		equal := true
		for k, got := range []string{p.p.Repr(), p.p.Show(), p.p.Summary(), q.Repr(), q.Show(), q.Summary()} {
			if got != want[k+1] {
				equal = false
				t.Errorf("%s\n got %s\nwant %s", expr, got, want[k+1])
				break
			}
		}
		if equal {
			same++
		}
	}
	t.Logf("of %d expressions %d print the same, %d do not fit what they say", count, same, noted)
	if same < count/2 {
		t.Errorf("only %d of %d expressions were compared", same, count)
	}
}

// textsDiffer are protocols whose texts are not compared.
var textsDiffer = regexp.MustCompile(`^(` + strings.Join([]string{
	"DNS|LLMNR|EDNS|ICMP$|ICMPerror|HTTP|SNMP|Radius$|TLS|ASN1|ISAKMP$", // 2.7 prints them otherwise than 2.5
	// An empty value is '' there where it is of a field for packets.
	"DHCP6Opt(Client|Server)Id|RadiusAttr_EAP|BGPRouteRefresh|PSKIdentity|CDPAddrRecord|ICMPv6NDOptRedirectedHdr|PPP_LCP_(Code|Protocol)_Reject",
	"DHCP6Opt(NIS|ClientFQDN|GeoConf)|IGMP|Dot11Encrypted|Dot11EltVendor|Dot11Elt|IKEv2|RawTraffic|NBNS|CAN$", // read or named wrongly there
	"HBHOptUnknown|RadiusAttribute$|DHCP6$|BGPOptParam|BGPCap|PPP_LCP_Option|PPTP$|PPP_PAP|PPP_CHAP|PPP_LCP$", // read as what they hold
	"ICMPv6NDOptRouteInfo|ENIPTCP|NSHTLV|RadiusAttr_Message|IPv6ExtHdrSegmentRouting|GTPPDU|MACsec|IE_",       // docs/differences.md
	"GTPHeader$|GRE$|RadioTap$|ConfigurationAttribute|BOOTP$",                                                 // other bytes or values choose another header or kind of field there
	"PPPoED$", // names since RFC 4937
	"OSPF_.*_Opaque_LSA|OSPFv3_(AS_External|Type_7|Inter_Area_Prefix)_LSA|IPOption$", // lengths decide what there is
}, "|") + `)`)
