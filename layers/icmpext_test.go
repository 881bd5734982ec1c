package layers

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Errors with extensions, and extended echoes: tshark 4.0 reads the bytes as said.
func TestICMPExtensions(t *testing.T) {
	ip := []any{IP, "src", "192.0.2.1", "dst", "192.0.2.9", "id", 7}
	probe := []any{IPerror, "src", "192.0.2.9", "dst", "198.51.100.1", "ttl", 1, UDPerror, "sport", 40000, "dport", 33434}
	ip6 := []any{IPv6, "src", "2001:db8::2", "dst", "2001:db8::9"}
	probe6 := []any{IPerror6, "src", "2001:db8::9", "dst", "2001:db8::1", "hlim", 1, UDPerror, "sport", 40000, "dport", 33434}
	labels := List{one(MPLS, "label", 100, "s", 0, "ttl", 1), one(MPLS, "label", 16, "ttl", 2)}
	for _, c := range []struct {
		says  string
		parts [][]any
		want  string // behind the IP header
	}{
		{"MPLS stack and interface", [][]any{ip, {ICMP, "type", 11}, probe, {ICMPExtensionHeader, ICMPExtensionMPLS, "stack", labels},
			{ICMPExtensionInterfaceInformation, "has_ifindex", 1, "ifindex", 3, "has_ipaddr", 1, "ip4", "192.0.2.1",
				"has_ifname", 1, "ifname", "eth0", "has_mtu", 1, "mtu", 1500}},
			"0b00e13700200000" + "4500001c000100000111cd92c0000209c6336401" + "9c40829a0008f4c4" + strings.Repeat("00", 100) +
				"2000270e" + "000c01010006400100010102" + "001c020f" + "00000003" + "00010000c0000201" + "0865746830000000" + "000005dc"},
		{"quotation of 178 bytes filled up to words", [][]any{ip, {ICMP, "type", 3, "code", 4}, probe, {Raw, "load", strings.Repeat("x", 150)},
			{ICMPExtensionHeader, ICMPExtensionObject, "classnum", 9, Raw, "load", "abcd", ICMPExtensionMPLS, "stack", labels[1:]}},
			"0304e9bc002d0000" + "450000b2000100000111ccfcc0000209c6336401" + "9c40829a009ea84d" + strings.Repeat("78", 150) + "0000" +
				"20001025" + "0008090061626364" + "0008010100010102"},
		{"interface by name", [][]any{ip, {ICMP, "type", 42, "id", 5, "seq", 0x0201, ICMPExtensionHeader, ICMPExtensionInterfaceIdentification, "ifname", "eth0.1"}},
			"2a00d3f900050201" + "2000e11c" + "000c0301657468302e310000"},
		{"interface by address", [][]any{ip, {ICMP, "type", 42, "id", 5, "seq", 0x0201, ICMPExtensionHeader, ICMPExtensionInterfaceIdentification, "classtype", 3, "ip4", "192.0.2.7"}},
			"2a00d3f900050201" + "200016e8" + "000c030300010400c0000207"},
		{"units of eight bytes", [][]any{ip6, {ICMPv6TimeExceeded}, probe6, {ICMPExtensionHeader, ICMPExtensionMPLS, "stack", List{one(MPLS, "label", 100)}}},
			"03001fc410000000" + "6000000000081101" + "20010db8000000000000000000000009" + "20010db8000000000000000000000001" + "9c40829a00088587" + strings.Repeat("00", 80) +
				"20009df0" + "0008010100064100"},
	} {
		var parts []any
		for _, p := range c.parts {
			parts = append(parts, p...)
		}
		p := stackOf(t, parts...)
		b, err := p.Build()
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if got := hex.EncodeToString(b[len(b)-len(c.want)/2:]); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.says, got, c.want)
		}
		q := Dissect(p.First(), b)
		var names, wantNames []string
		for _, l := range q.Layers() {
			if l.proto != Padding {
				names = append(names, l.Name())
			}
		}
		for _, l := range p.Layers() {
			wantNames = append(wantNames, l.Name())
		}
		if got, want := strings.Join(names, " "), strings.Join(wantNames, " "); got != want || len(q.Notes()) > 0 {
			t.Errorf("%s: taken apart as %s (%v), want %s", c.says, got, q.Notes(), want)
		}
		// What was read, made again without its automatic fields, is the same.
		for _, name := range []string{"len", "length", "chksum", "cksum"} {
			for i, l := range q.Layers() {
				if f := l.proto.Index(name); f >= 0 && i > 1 {
					l.Unset(f)
				}
			}
		}
		if again, err := q.Build(); err != nil || string(again) != string(b) {
			t.Errorf("%s: made again as %x (%v)", c.says, again, err)
		}
	}
}

// A length that was set stands, and the room in front of extensions is what it says.
func TestICMPExtensionsSetLength(t *testing.T) {
	for length, room := range map[uint64]int{0: 28, 8: 32, 40: 160} {
		p := stackOf(t, ICMP, "type", 11, "length", length, IPerror, UDPerror, ICMPExtensionHeader)
		b, err := p.Build()
		if err != nil || len(b) != 8+room+4 || uint64(b[5]) != length {
			t.Errorf("length %d: built %x (%v), want %d bytes in front of the extensions", length, b, err, room)
		}
	}
	// What has neither the version nor the checksum of extensions is data.
	p := stackOf(t, ICMP, "type", 11, IPerror, UDPerror, Raw, "load", strings.Repeat("x", 200))
	b, _ := p.Build()
	if q := Dissect(ICMP, b); q.Find(ICMPExtensionHeader) != nil || q.Len() != 4 {
		t.Errorf("data was taken apart as %s", q.Summary())
	}
}

// The sequence number of an extended echo is one byte; the rest of the word differs
// in the answer.
func TestExtendedEchoAnswers(t *testing.T) {
	probe := stackOf(t, IP, "src", "192.0.2.1", "dst", "192.0.2.9", ICMP, "type", 42, "id", 5, "seq", 0x0201)
	for seq, want := range map[int]bool{0x0204: true, 0x0301: false} {
		answer := stackOf(t, IP, "src", "192.0.2.9", "dst", "192.0.2.1", ICMP, "type", 43, "id", 5, "seq", seq)
		if got := answer.Answers(probe); got != want {
			t.Errorf("a reply with seq %#x answers: %v, want %v", seq, got, want)
		}
		if same := string(answer.AppendHashRet(nil, false)) == string(probe.AppendHashRet(nil, false)); want && !same {
			t.Error("the reply has another key")
		}
	}
}
