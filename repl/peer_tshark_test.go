package repl

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// tsharkFields are what tshark calls the fields of our tables. Those that are
// settable are drawn at random.
var tsharkFields = map[string]map[string]string{
	"Ether": {"dst": "eth.dst", "src": "eth.src"},
	"Dot1Q": {"prio": "vlan.priority", "dei": "vlan.dei", "vlan": "vlan.id"},
	"MPLS":  {"label": "mpls.label", "cos": "mpls.exp", "ttl": "mpls.ttl"},
	"PPPoE": {"sessionid": "pppoe.session_id"},
	"ARP": {"op": "arp.opcode", "hwsrc": "arp.src.hw_mac", "psrc": "arp.src.proto_ipv4",
		"hwdst": "arp.dst.hw_mac", "pdst": "arp.dst.proto_ipv4"},
	"IP": {"tos": "ip.dsfield", "len": "ip.len", "id": "ip.id", "ttl": "ip.ttl", "proto": "ip.proto",
		"chksum": "ip.checksum", "src": "ip.src", "dst": "ip.dst"},
	"IPv6": {"tc": "ipv6.tclass", "fl": "ipv6.flow", "plen": "ipv6.plen", "nh": "ipv6.nxt", "hlim": "ipv6.hlim",
		"src": "ipv6.src", "dst": "ipv6.dst"},
	"IPv6ExtHdrFragment": {"id": "ipv6.fraghdr.ident"},
	"ICMP":               {"type": "icmp.type", "code": "icmp.code", "chksum": "icmp.checksum", "id": "icmp.ident", "seq": "icmp.seq"},
	"ICMPv6EchoRequest":  {"cksum": "icmpv6.checksum", "id": "icmpv6.echo.identifier", "seq": "icmpv6.echo.sequence_number"},
	"ICMPv6ND_NS":        {"cksum": "icmpv6.checksum", "tgt": "icmpv6.nd.ns.target_address"},
	"UDP":                {"sport": "udp.srcport", "dport": "udp.dstport", "len": "udp.length", "chksum": "udp.checksum"},
	"TCP": {"sport": "tcp.srcport", "dport": "tcp.dstport", "seq": "tcp.seq_raw", "ack": "tcp.ack_raw", "flags": "tcp.flags",
		"window": "tcp.window_size_value", "chksum": "tcp.checksum", "urgptr": "tcp.urgent_pointer"},
	"SCTP":          {"sport": "sctp.srcport", "dport": "sctp.dstport", "tag": "sctp.verification_tag"},
	"SCTPChunkData": {"tsn": "sctp.data_tsn_raw", "stream_id": "sctp.data_sid", "stream_seq": "sctp.data_ssn", "proto_id": "sctp.data_payload_proto_id"},
	"SCTPChunkInit": {"init_tag": "sctp.init_initiate_tag", "a_rwnd": "sctp.init_credit", "n_out_streams": "sctp.init_nr_out_streams",
		"n_in_streams": "sctp.init_nr_in_streams", "init_tsn": "sctp.init_initial_tsn"},
	"GRE":   {"proto": "gre.proto"},
	"VXLAN": {"vni": "vxlan.vni"},
	"DNS":   {"id": "dns.id", "qdcount": "dns.count.queries", "ancount": "dns.count.answers"},
	"BOOTP": {"hops": "dhcp.hops", "xid": "dhcp.id", "secs": "dhcp.secs", "ciaddr": "dhcp.ip.client", "yiaddr": "dhcp.ip.your",
		"siaddr": "dhcp.ip.server", "giaddr": "dhcp.ip.relay"},
	"NTPHeader": {"stratum": "ntp.stratum", "leap": "ntp.flags.li"},
	"IGMP":      {"type": "igmp.type", "gaddr": "igmp.maddr", "chksum": "igmp.checksum"},
	"VRRP":      {"vrid": "vrrp.virt_rtr_id", "priority": "vrrp.prio", "chksum": "vrrp.checksum"},
	"HSRP":      {"group": "hsrp.group", "priority": "hsrp.priority", "virtualIP": "hsrp.virt_ip"},
	"BFD":       {"detect_mult": "bfd.detect_time_multiplier", "my_discriminator": "bfd.my_discriminator", "your_discriminator": "bfd.your_discriminator"},
	"Radius":    {"code": "radius.code", "id": "radius.id"},
	"OSPF_Hdr":  {"src": "ospf.srcrouter", "area": "ospf.area_id"},
}

// tsharkFixed are fields that are not drawn, since their value decides what follows
// or whether it is looked into.
var tsharkFixed = []string{"ICMP.type", "ICMP.code", "IP.proto", "IPv6.nh", "GRE.proto", "IGMP.type", "Radius.code", "ARP.op", "TCP.urgptr", "MPLS.label"}

// tsharkStacks are packets whose fields are drawn; the shape is what tshark has a
// dissector for. Ports that mean a protocol are written out.
var tsharkStacks = []string{
	"Ether/ARP", "Ether/Dot1Q/ARP", "Ether/IP/ICMP(type=8)", "Ether/IP/TCP", "Ether/Dot1Q/IP/TCP(options=[('MSS',1460),('NOP',None),('WScale',7),('Timestamp',(5,6))])",
	"Ether/IP/UDP", "Ether/IPv6/TCP", "Ether/IPv6/UDP", "Ether/IPv6/ICMPv6EchoRequest", "Ether/IPv6/ICMPv6ND_NS/ICMPv6NDOptSrcLLAddr()",
	"Ether/IPv6/IPv6ExtHdrHopByHop(options=[RouterAlert()])/ICMPv6EchoRequest", "Ether/IPv6/IPv6ExtHdrDestOpt(options=[PadN(optdata=b'\\0\\0')])/TCP",
	"Ether/IPv6/IPv6ExtHdrFragment/UDP", "Ether/IP/SCTP/SCTPChunkData(beginning=1,ending=1,data=b'hello')", "Ether/IPv6/SCTP/SCTPChunkInit",
	"Ether/IP/GRE", "Ether/MPLS(s=1)/IP/UDP", "Ether/IP/IGMP(type=0x16)", "Ether/IP(ttl=255)/VRRP(addrlist=['10.0.0.9'])",
	"Ether/IP/UDP(sport=4000,dport=4789)/VXLAN(flags='Instance')/Ether/ARP", "Ether/IP/UDP(sport=4000,dport=53)/DNS(qd=DNSQR(qname='www.example.org'))",
	"Ether/IP/UDP(sport=68,dport=67)/BOOTP/DHCP(options=[('message-type','discover'),'end'])", "Ether/IP/UDP(sport=123,dport=123)/NTPHeader(orig=1,sent=2)",
	"Ether/IP(dst='224.0.0.2')/UDP(sport=1985,dport=1985)/HSRP", "Ether/IP/UDP(sport=49152,dport=3784)/BFD", "Ether/IP/UDP(sport=4000,dport=1812)/Radius(code=1)",
	"Ether/IP/OSPF_Hdr/OSPF_Hello()", "Ether/IP(flags='DF')/TCP(flags='PA')", "Ether/IP(options=[IPOption_Router_Alert()])/UDP",
}

// TestPeerTsharkFields has tshark and tcpdump read packets that were built here, and
// compares what tshark says of each field. PKTSH_COUNT says how many.
func TestPeerTsharkFields(t *testing.T) {
	g := &exprMaker{rand: rand.New(rand.NewPCG(peerSeed(t), 2))}
	count := 1000
	if n, err := strconv.Atoi(os.Getenv("PKTSH_COUNT")); err == nil {
		count = n
	}
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	exprs, frames := make([]string, count), make([][]byte, count)
	for i := range exprs {
		exprs[i] = g.drawn(tsharkStacks[i%len(tsharkStacks)])
		v, err := s.in.Exec(t.Context(), "<in>", "raw("+exprs[i]+")", py.ModeSingle)
		b, _ := v.(starlark.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", exprs[i], err)
		}
		frames[i] = []byte(b)
	}
	file := filepath.Join(t.TempDir(), "frames.pcap")
	if err := os.WriteFile(file, pcapOf(frames), 0o600); err != nil {
		t.Fatal(err)
	}
	names, rows := tsharkRows(t, file)
	if len(rows) != count {
		t.Fatalf("tshark has %d of %d packets", len(rows), count)
	}
	compared := 0
	for i, row := range rows {
		compared += compareTshark(t, exprs[i], frames[i], names, row)
	}
	t.Logf("%d fields of %d packets compared", compared, count)
	if compared < 5*count {
		t.Errorf("only %d fields were compared", compared)
	}
	out, err := exec.CommandContext(t.Context(), "tcpdump", "-nn", "-v", "-r", file).CombinedOutput()
	if err != nil {
		t.Fatalf("tcpdump: %v\n%s", err, out)
	}
	out = regexp.MustCompile(`\[RST [^\n]*\]`).ReplaceAll(out, nil) // the payload of a reset, as text
	for _, word := range []string{"bad cksum", "incorrect", "truncated", "[|", "wrong"} {
		if k := bytes.Index(out, []byte(word)); k >= 0 {
			t.Errorf("tcpdump says %q: %s", word, out[max(k-300, 0):min(k+80, len(out))])
		}
	}
}

// drawn is a stack with values for its fields.
func (g *exprMaker) drawn(stack string) string {
	var parts []string
	for _, part := range splitLayers(stack) {
		name, args, _ := strings.Cut(strings.TrimSuffix(part, ")"), "(")
		p := layers.Lookup(name)
		for i := range p.Fields {
			f := &p.Fields[i]
			key := name + "." + f.Name
			if tsharkFields[name][f.Name] == "" || f.Computed() && name != "SCTPChunkData" && name != "SCTPChunkInit" || slices.Contains(tsharkFixed, key) ||
				strings.Contains(","+args, ","+f.Name+"=") {
				continue
			}
			v := g.value(&layers.Field{Name: f.Name, Kind: f.Kind, Bits: f.Bits})
			switch {
			case f.Name == "sport" || f.Name == "dport":
				v = strconv.Itoa(50000 + g.rand.IntN(10000)) // no port of a protocol
			case name == "ARP" && (f.Name == "hwsrc" || f.Name == "hwdst"):
				v = g.value(&layers.Field{Kind: layers.HWAddr})
			case name == "ARP":
				v = g.value(&layers.Field{Kind: layers.Addr4})
			case name == "IP" && f.Name == "ttl" || name == "IPv6" && f.Name == "hlim":
				v = strconv.Itoa(1 + g.rand.IntN(255))
			case key == "BOOTP.secs":
				v = strconv.Itoa(g.rand.IntN(1<<16) | 1) // tshark takes those with a low byte of zero for little-endian
			case key == "TCP.flags":
				v = strconv.Itoa(g.rand.IntN(256) &^ 0x20) // an urgent pointer is none without URG
			}
			if v != "" {
				if args != "" {
					args += ","
				}
				args += f.Name + "=" + v
			}
		}
		parts = append(parts, name+"("+args+")")
	}
	if g.rand.IntN(2) == 0 {
		switch last := parts[len(parts)-1]; last[:strings.Index(last, "(")] {
		case "TCP", "UDP":
			parts = append(parts, g.bytes(30))
		}
	}
	return strings.Join(parts, "/")
}

// splitLayers cuts a stack at the slashes outside of brackets.
func splitLayers(stack string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range stack {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '/':
			if depth == 0 {
				out = append(out, stack[from:i])
				from = i + 1
			}
		}
	}
	return append(out, stack[from:])
}

// pcapOf is the frames as a capture file of Ethernet.
func pcapOf(frames [][]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 1<<18)
	b = binary.LittleEndian.AppendUint32(b, 1)
	for i, f := range frames {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// tsharkChecks are the fields in which tshark judges checksums: 1 is good.
var tsharkChecks = []string{"ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status",
	"icmpv6.checksum.status", "sctp.checksum.status", "igmp.checksum.status", "vrrp.checksum.status"}

// tsharkRows is tshark's value of each field, by packet: the first of several.
func tsharkRows(t *testing.T, file string) (names []string, rows [][]string) {
	t.Helper()
	names = slices.Clone(tsharkChecks)
	for _, fields := range tsharkFields {
		for _, name := range fields {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	args := []string{"-n", "-r", file, "-T", "fields", "-E", "occurrence=f", "-E", "separator=|",
		"-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "sctp.checksum:CRC 32c"}
	for _, name := range names {
		args = append(args, "-e", name)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, stderr.Bytes())
	}
	for line := range strings.Lines(string(out)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
	}
	return names, rows
}

// compareTshark tells how many fields of a packet were compared: those of the first
// layer of each protocol.
func compareTshark(t *testing.T, expr string, frame []byte, names, row []string) int {
	t.Helper()
	value := func(name string) string { return row[slices.Index(names, name)] }
	n := 0
	for _, name := range tsharkChecks {
		if v := value(name); v != "" && v != "1" {
			t.Errorf("%s\n%s is %s, want 1\n%s", expr, name, v, hex.EncodeToString(frame))
		}
	}
	p := layers.Dissect(layers.Lookup("Ether"), frame)
	seen := map[string]bool{}
	for i, l := range p.Layers() {
		if seen[l.Name()] {
			continue
		}
		seen[l.Name()] = true
		for field, name := range tsharkFields[l.Name()] {
			at := p.At(i)
			ours, theirs := at.Value(at.Proto().Index(field)), value(name)
			if !sameAsTshark(ours, theirs) {
				t.Errorf("%s\n%s.%s is %v, and tshark has %s %q\n%s", expr, l.Name(), field, ours, name, theirs, hex.EncodeToString(frame))
			}
			n++
		}
	}
	return n
}

// sameAsTshark compares a value with tshark's text for it.
func sameAsTshark(ours any, theirs string) bool {
	switch v := ours.(type) {
	case uint64:
		return sameNumber(v, theirs)
	case layers.Flags:
		return sameNumber(v.Bits, theirs)
	case netip.Addr:
		a, err := netip.ParseAddr(theirs)
		return err == nil && a == v
	}
	return fmt.Sprint(ours) == theirs
}

func sameNumber(n uint64, text string) bool {
	switch text {
	case "True":
		text = "1"
	case "False":
		text = "0"
	}
	if v, err := strconv.ParseUint(text, 0, 64); err == nil {
		return v == n
	}
	a, err := netip.ParseAddr(text) // numbers that tshark writes as addresses
	return err == nil && a.Is4() && uint64(binary.BigEndian.Uint32(a.AsSlice())) == n
}
