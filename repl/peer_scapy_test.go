package repl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// peerPython is Debian's Scapy: it reads an expression a line and answers with
// "= " and the bytes it builds, or with "! " and why it does not.
const peerPython = `
import sys, warnings
warnings.simplefilter("ignore")
from scapy.all import *
from scapy.layers import inet, l2
import logging
logging.disable(logging.CRITICAL)
for m in ("mpls", "geneve", "igmp", "igmpv3", "lldp", "ospf", "bgp", "slowprot", "lacp", "erspan", "bfd", "cdp", "modbus", "etherip"):
    load_contrib(m)
for m in ("http", "tls"):
    load_layer(m)
from scapy.layers.http import *
from scapy.layers.tls.all import *
from scapy.layers.can import CAN
from scapy.layers.pflog import PFLog
conf.route.route = lambda dst=None, **k: ("lo", "0.0.0.0", "0.0.0.0")
conf.route6.route = lambda dst=None, **k: ("lo", "::", "::")
inet.getmacbyip = l2.getmacbyip = lambda *a, **k: None
for line in sys.stdin:
    try:
        print("= " + raw(eval(line)).hex())
    except Exception as e:
        print("! %s %s" % (type(e).__name__, str(e).replace("\n", " ")))
    sys.stdout.flush()
`

// scapyPeer has a program of Scapy's answer the expressions, in one process.
func scapyPeer(t *testing.T, exprs []string, program string, args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", append([]string{"-c", program}, args...)...)
	cmd.Stdin = strings.NewReader(strings.Join(exprs, "\n") + "\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run Scapy: %v\n%s", err, stderr.Bytes())
	}
	var lines []string
	in := bufio.NewScanner(bytes.NewReader(out))
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := in.Text(); strings.HasPrefix(line, "! ") || strings.HasPrefix(line, "= ") {
			lines = append(lines, line) // what imports print is neither
		}
	}
	if len(lines) < len(exprs) {
		t.Fatalf("Scapy answered %d of %d expressions\n%s", len(lines), len(exprs), stderr.Bytes())
	}
	return lines[len(lines)-len(exprs):]
}

// peerSeed is PKTSH_SEED, or another one each run.
func peerSeed(t *testing.T) uint64 {
	t.Helper()
	if os.Getenv("PKTSH_PEERS") != "1" {
		t.Skip("compares with other programs: set PKTSH_PEERS=1")
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PKTSH_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("PKTSH_SEED=%d", seed)
	return seed
}

// TestPeerScapyRandomExpressions builds expressions made from our own tables
// with Scapy and here. PKTSH_COUNT says how many.
func TestPeerScapyRandomExpressions(t *testing.T) {
	g := &exprMaker{rand: rand.New(rand.NewPCG(peerSeed(t), 1))}
	count := 3000
	if n, err := strconv.Atoi(os.Getenv("PKTSH_COUNT")); err == nil {
		count = n
	}
	protos := g.protos()
	exprs := make([]string, count)
	for i := range exprs {
		exprs[i] = g.stack(protos[i%len(protos)])
	}
	theirs := scapyPeer(t, exprs, peerPython)
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	same, different, refused := 0, 0, map[string]int{}
	for i, expr := range exprs {
		if strings.HasPrefix(theirs[i], "!") {
			refused[theirs[i]]++
			continue
		}
		v, err := s.in.Exec(t.Context(), "<in>", "raw("+expr+")", py.ModeSingle)
		b, _ := v.(starlark.Bytes)
		if got := hex.EncodeToString([]byte(b)); err != nil || "= "+got != theirs[i] {
			different++
			t.Errorf("different: %s\n got %s (%v)\nwant %s", expr, got, err, theirs[i])
			continue
		}
		same++
	}
	t.Logf("of %d expressions %d build the same bytes, %d different ones, and Scapy refuses %d", count, same, different, count-same-different)
	for _, why := range slices.Sorted(maps.Keys(refused)) {
		t.Logf("refused by Scapy %d times: %s", refused[why], strings.TrimPrefix(why, "! "))
	}
	if same < count/2 {
		t.Errorf("only %d of %d expressions were compared", same, count)
	}
}

// An exprMaker writes expressions that a person could have written.
type exprMaker struct {
	rand *rand.Rand
	true bool // lengths and counts are left to be computed
}

// protos are those that both programs have and that do not depend on the clock.
func (g *exprMaker) protos() []*layers.Proto {
	var out []*layers.Proto
	for _, p := range layers.Protos() {
		if !skipped(p, nil) {
			out = append(out, p)
		}
	}
	return out
}

// carriers are what a layer is put on.
var carriers = [][]string{nil, nil, {"Ether"}, {"IP"}, {"IPv6"}, {"Ether", "IP"}, {"Ether", "Dot1Q", "IPv6"}, {"IP", "UDP"}, {"IP", "TCP"},
	{"IPv6", "UDP"}, {"Ether", "Dot1AD", "Dot1Q"}, {"IP", "GRE"}, {"IPv6", "IPv6ExtHdrHopByHop"}, {"Ether", "MPLS"}, {"Dot3", "LLC"}, {"LLC", "SNAP"},
	{"IP", "ICMP", "IPerror"}, {"IP", "IPv6"}, {"IPv6", "IPv6ExtHdrFragment"}, {"PPPoE"}, {"UDP", "VXLAN", "Ether"}}

func (g *exprMaker) stack(p *layers.Proto) string {
	var parts []string
	under := carriers[g.rand.IntN(len(carriers))]
	if strings.HasPrefix(p.Name, "ICMPv6") || strings.HasPrefix(p.Name, "MLD") {
		under = []string{"IPv6"} // elsewhere Scapy has no checksum for it
	}
	switch {
	case p.Name == "DNS" && slices.Contains(under, "TCP"):
		under = []string{"IP", "UDP"} // over TCP Scapy puts a length in front
	case p.Name == "GRE" && slices.Contains(under, "UDP"):
		under = []string{"IP"} // Scapy 2.5 knows no port of it (RFC 8086)
	case p.Name == "ERSPAN_III" && slices.Contains(under, "GRE"):
		under = []string{"IP"} // the GRE header has a sequence number here (draft-foschiano-erspan §4.3), not in Scapy
	case p.Name == "TLS" && slices.Contains(under, "TCP"):
		under = nil // Scapy 2.5 gives the destination's port alone
	case (p.Name == "MPLS" || p.Name == "Ether") && slices.Contains(under, "SNAP"):
		under = []string{"Ether"} // SNAP's table in Scapy has fewer EtherTypes, and no OUI for Ethernet
	}
	for _, name := range under {
		parts = append(parts, g.layer(layers.Lookup(name), 0.1))
	}
	parts = append(parts, g.layer(p, 0.4))
	switch g.rand.IntN(4) {
	case 0:
		if !alone(p) && !strings.HasPrefix(p.Name, "LLDP") {
			parts = append(parts, g.bytes(40))
		}
	case 1:
		if p.Name == "IP" || p.Name == "IPv6" {
			parts = append(parts, g.layer(layers.Lookup([]string{"TCP", "UDP", "SCTP", "ICMP"}[g.rand.IntN(4)]), 0.3))
		}
	}
	return strings.Join(parts, "/")
}

// layer is a call that sets some of the fields, and those that would otherwise
// depend on the host.
func (g *exprMaker) layer(p *layers.Proto, share float64) string {
	var args []string
	for i := range p.Fields {
		f := &p.Fields[i]
		if skipped(p, f) || g.true && (f.Computed() || lengthNames.MatchString(f.Name)) {
			continue
		}
		chance := share
		switch {
		case slices.Contains(peerAlways[p.Name], f.Name):
			chance = 1
		case f.Computed():
			chance /= 3
		}
		if g.rand.Float64() < chance {
			if v := g.value(f); v != "" && !slices.Contains(peerAvoids[p.Name+"."+f.Name], v) {
				args = append(args, f.Name+"="+v)
			}
		}
	}
	return p.Name + "(" + strings.Join(args, ", ") + ")"
}

// lengthNames are fields that say how long something is, or how often it is there.
var lengthNames = regexp.MustCompile(`(?i)len$|^len|length|size$|count|^nb_|num`)

// peerAlways are fields that depend on the host unless they are set.
var peerAlways = map[string][]string{
	"Ether": {"src", "dst"}, "Dot3": {"src", "dst"}, "IP": {"src", "dst"}, "IPv6": {"src", "dst"}, "IPerror": {"src", "dst"}, "IPerror6": {"src", "dst"},
	"ARP": {"hwsrc", "psrc", "hwdst", "pdst"}, "STP": {"rootmac", "bridgemac"},
	"ICMP": {"ts_ori", "ts_rx", "ts_tx"}, "ICMPerror": {"ts_ori", "ts_rx", "ts_tx"},
	"TLSServerHello": {"gmt_unix_time", "random_bytes"}, "TLS13ServerHello": {"random_bytes"},
	"TLS13ClientHello": {"random_bytes", "ciphers"}, "HTTPRequest": {"Content_Length"}, "HTTPResponse": {"Content_Length"},
}

// peerAvoids are values that are not compared.
var peerAvoids = map[string][]string{
	// RFC 1788 has no word behind the sequence number, where Scapy puts one; of the
	// extended echo of RFC 8335 Scapy knows nothing.
	"ICMP.type": newerICMP, "ICMPerror.type": newerICMP,
	// Its data is a name in Scapy 2.7, bytes in 2.5.
	"DNSRR.type": {"39", "\"DNAME\""},
	// Option 4 is Owner, and Reserved for Scapy.
	"EDNS0ClientSubnet.optcode": {"\"Reserved\""}, "EDNS0TLV.optcode": {"\"Reserved\""},
}

var newerICMP = []string{"37", "38", "42", "43", "\"domain-name-request\"", "\"domain-name-reply\""}

// value is one for the field, "" where nothing can be said of its kind.
func (g *exprMaker) value(f *layers.Field) string {
	switch f.Kind {
	case layers.Uint, layers.Hex, layers.Flag:
		if f.Form != nil || f.Unit > 0 || f.Bits == 0 {
			return ""
		}
		if names := f.Enum.Names(); len(names) > 0 && g.rand.IntN(4) == 0 {
			slices.Sort(names)
			i := g.rand.IntN(len(names))
			if (i == 0 || names[i-1] != names[i]) && (i+1 == len(names) || names[i+1] != names[i]) { // else it may mean either
				return strconv.Quote(names[i])
			}
		}
		return strconv.FormatUint(g.number(f.Bits), 10)
	case layers.Addr4:
		return fmt.Sprintf("\"%d.%d.%d.%d\"", 1+g.rand.IntN(223), g.rand.IntN(256), g.rand.IntN(256), g.rand.IntN(256))
	case layers.Addr6:
		return fmt.Sprintf("\"2001:db8:%x::%x\"", g.rand.IntN(1<<16), g.rand.IntN(1<<16))
	case layers.HWAddr:
		return fmt.Sprintf("\"02:%02x:%02x:%02x:%02x:%02x\"", g.rand.IntN(256), g.rand.IntN(256), g.rand.IntN(256), g.rand.IntN(256), g.rand.IntN(256))
	case layers.Fixed:
		return g.bytesOf(f.Bits / 8)
	case layers.Var:
		if f.Codec == nil && !strings.HasSuffix(f.TypeName(), "ListField") {
			return g.bytes(12)
		}
		if f.TypeName() == "_HTTPHeaderField" && f.Name != "Unknown_Headers" {
			return fmt.Sprintf("b\"%x\"", g.rand.Uint32())
		}
		return g.listValue(f.Name)
	}
	return ""
}

// number is one of bits bits, often at an end.
func (g *exprMaker) number(bits int) uint64 {
	most := uint64(1)<<min(bits, 63)<<(bits/64) - 1
	switch g.rand.IntN(5) {
	case 0:
		return 0
	case 1:
		return most
	case 2:
		return g.rand.Uint64N(min(most, 15) + 1)
	}
	return g.rand.Uint64() & most
}

func (g *exprMaker) bytes(most int) string { return g.bytesOf(1 + g.rand.IntN(most)) }

func (g *exprMaker) bytesOf(n int) string {
	var b strings.Builder
	b.WriteString("b\"")
	for range n {
		fmt.Fprintf(&b, "\\x%02x", g.rand.IntN(256))
	}
	return b.String() + "\""
}

func (g *exprMaker) list(most int, one func() string) string {
	parts := make([]string, 1+g.rand.IntN(most))
	for i := range parts {
		parts[i] = one()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// listValue is a value of a list that many tables have, by the field's name.
func (g *exprMaker) listValue(name string) string {
	addrs := func(kind layers.Kind) string {
		return g.list(3, func() string { return g.value(&layers.Field{Kind: kind}) })
	}
	switch name {
	case "addresses":
		return addrs(layers.Addr6)
	case "routers", "neighbors", "routerlist", "srcaddrs":
		return addrs(layers.Addr4)
	case "ciphers", "groups", "sig_algs":
		return g.list(5, func() string { return strconv.Itoa(g.rand.IntN(1 << 16)) })
	}
	return ""
}

// peerSkips are layers and fields that are not compared, with the reason.
var peerSkips = map[string]string{
	"PPP":                                    oneByte,
	"NTPHeader":                              "two of its times are the clock's",
	"NetflowHeaderV9":                        "it holds the time",
	"BGPRouteRefresh.orf_data":               "any bytes here, in Scapy a packet, and others are dropped",
	"RIPAuth.zeropad":                        "eight bytes of any value here, in Scapy bytes that a number does not fit",
	"PPTPIncomingCallReply":                  "its length is 24 (RFC 2637 §2.10), 148 in Scapy",
	"NTPControl":                             "its count and padding follow RFC 9327 §2 here",
	"NTPPrivate":                             "its mode is 7 here and in Scapy 2.7, 0 in 2.5",
	"NetflowHeaderV10":                       "its length counts the version (RFC 7011 §3.1), which Scapy's does not",
	"TLSClientHello":                         "Scapy's default extensions name its authors' host",
	"TLS13HelloRetryRequest":                 "its random is fixed (RFC 8446 §4.1.3), zero in Scapy",
	"TLSHelloVerifyRequest":                  "its type is 3 (RFC 6347 §4.3.2), 21 in Scapy",
	"TLSCertificateVerify":                   "its signature has fields here and is a packet in Scapy",
	"TLS_Ext_ServerName":                     "an empty list has its length here",
	"KeyShareEntry":                          "Scapy draws a key where a group is set",
	"RadiusAttr_Message_Authenticator.value": "Scapy pads it",
	"NetflowHeaderV1":                        "Scapy counts what is no record", "NetflowHeaderV5": "as above",
	"OSPF_Link.toscount": "Scapy 2.5 never writes them", "ARP.hwtype": "its addresses are another size then", "ARP.ptype": "as above",
	"DNSRRDLV.type": "fixed by Scapy's class", "L2TP.offset": "Scapy does not write it",
	"TLS13NewSessionTicket": "Scapy's nonce is drawn at random",
	"OSPFv3_Hdr":            "over IPv4 its checksum is that of RFC 7949, in Scapy zero",
	"BFD":                   "its port is that of one hop here (RFC 5881 §4), the last of Scapy's list there", "Padding": "Scapy puts it behind what follows",
	"TLSFinished": "Scapy's is drawn at random", "L2TP": "its length counts what is written here",
	"Dot1AD":         "Scapy names it in Ethernet's type alone",
	"TLS_Ext_Cookie": "Scapy's is drawn at random",
	"AH":             "its length is computed here",
	"VRRP":           payloadSummed, "VRRPv3": "its checksum is Scapy's zero without IP below",
	"ICMPv6NDOptUnknown":                "its length is in units of eight bytes (RFC 4861 §4.6)",
	"ICMPv6NDOptRedirectedHdr":          "as ICMPv6NDOptUnknown",
	"ICMPv6NDOptRouteInfo.len":          "Scapy makes up a prefix of the length that was set",
	"ICMPv6MLDMultAddrRec.auxdata":      "its length is in words (RFC 3810 §5.2.6)",
	"IPv6ExtHdrSegmentRoutingTLV.value": "its length is computed here",
	"IPv6ExtHdrSegmentRoutingTLVPad1":   "it is one byte (RFC 8754 §2.1.1.1)",
	"IPv6ExtHdrSegmentRoutingTLVPadN":   "it has no padding unless some is set",
	"IPv6ExtHdrHopByHop.autopad":        "Scapy takes the text Off for true", "IPv6ExtHdrDestOpt.autopad": "as above",
	"IPv6ExtHdrSegmentRoutingTLVHMAC":   "its length is one byte (RFC 8754 §2.1), two in Scapy",
	"SCTPChunkParamDelIPAddr":           "its type is 0xc002 (RFC 5061 §4.2.2), 0xc001 in Scapy",
	"SCTPChunkParamSetPrimaryAddr":      "its type is 0xc004 (RFC 5061 §4.2.4), 0xc001 in Scapy",
	"SCTPChunkParamAddIPAddr.addr_type": "Scapy pads an address of another type to the length that was set",
	"SCTPChunkParamRandom":              "Scapy's default is drawn at random",
	"DHCP6OptRelayMsg":                  "Scapy's default is a message",
	"GeneveOptions":                     lengthComputed, "ERSPAN_II": "its version is 1 (draft-foschiano-erspan §4.2), 0 in Scapy 2.5",
	"Dot11WEP": "Scapy encrypts what it carries", "MACsecSCI": "Scapy's address is the host's",
	"EtherIP":                     "IPv6 does not name it in Scapy's tables",
	"CDPMsgProtoHello":            "its length is computed here",
	"CDPAddrRecordIPv4.proto":     lengthComputed,
	"CDPAddrRecordIPv6.proto":     lengthComputed,
	"ISAKMP_payload_Proposal.SPI": "its length counts the SPI here (RFC 2408 §3.5)",
	"DNSRRNSEC3":                  lengthComputed, "DNSRRNSEC3PARAM": lengthComputed, "DNSRRMX": lengthComputed, "DNSRRSRV": lengthComputed,
	"EAP": "code and length decide which fields there are", "EAP_MD5": ownLength, "EAP_TLS": ownLength,
	"EAP_TTLS": ownLength, "EAP_PEAP": ownLength, "EAP_FAST": ownLength, "LEAP": ownLength,
	"ARP.hwlen": "Scapy keeps the size of an address that was set", "ARP.plen": "as above",
	"PFLog.hdrlen":                   "a short header has no addresses here, as until OpenBSD 4.8",
	"NBNSNodeStatusResponse":         "Scapy's default address is the host's",
	"NBTSession.RESERVED":            "Scapy's length overwrites it",
	"RadioTap.present":               "XChannel's power and the alignment of later fields are radiotap.org's here",
	"BGPPathAttr.attr_ext_len":       "Scapy computes it even where it was set",
	"EDNS0ClientSubnet.source_plen":  "as many bytes as it says are written here (RFC 7871 §6)",
	"BGPUpdate.withdrawn_routes_len": "Scapy writes the next length where this one points, even past the message",
	"PPP_IPCP_Option_DNS1.garbage":   lengthComputed, "PPP_IPCP_Option_DNS2.garbage": lengthComputed, "PPP_IPCP_Option_NBNS1.garbage": lengthComputed,
	"PPP_IPCP_Option_NBNS2.garbage": lengthComputed, "PPP_IPCP_Option_IPAddress.garbage": lengthComputed, "PPP_LCP_Auth_Protocol_Option.data": lengthComputed,
}

const (
	ownLength      = "its length does not count a payload here"
	oneByte        = "Scapy 2.5 writes its number in one byte, which PPPoE does not allow (RFC 2516 §7); 2.7 in two"
	lengthComputed = "Scapy 2.5 leaves the length of what was set out"
	payloadSummed  = "its checksum covers what follows here"
)

// skipped tells the layers and fields of peerSkips, and families of them.
func skipped(p *layers.Proto, f *layers.Field) bool {
	switch {
	case f == nil:
		return peerSkips[p.Name] != "" || strings.HasPrefix(p.Name, "ICMPv6NI") // Scapy draws their nonces at random
	case strings.HasPrefix(p.Name, "RadiusAttr_") && f.Name == "type":
		return true // fixed by Scapy's class
	}
	return peerSkips[p.Name+"."+f.Name] != ""
}

// alone tells the layers that Scapy takes for the whole of what they stand in:
// it drops what is put on them.
func alone(p *layers.Proto) bool {
	return strings.HasPrefix(p.Name, "OSPF") && strings.HasSuffix(p.Name, "_LSA") || strings.HasPrefix(p.Name, "Radius") ||
		strings.HasPrefix(p.Name, "Netflow")
}
