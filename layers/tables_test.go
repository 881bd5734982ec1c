package layers

import (
	"encoding/hex"
	"testing"
)

// Protocols that Scapy 2.5 has no table for. The bytes are what tshark 4.0 reads as
// said; it takes FDDI, SFlow and the others by the ports and link types they are bound to.
func TestTablesWithoutScapy(t *testing.T) {
	frame := one(Ether, "src", "02:00:00:00:00:03", "dst", "02:00:00:00:00:04")
	for _, c := range []struct {
		says  string
		parts []any
		want  string
	}{
		{"ASF Presence Ping", []any{RMCP, ASF, "Tag", 7}, "0600ff06" + "000011be80070000"},
		{"ASF Presence Pong", []any{RMCP, ASF, "Type", "Presence Pong", "Tag", 7, ASFPresencePong, "IPMI", 1},
			"0600ff06" + "000011be40070010" + "000011be000000008100000000000000"},
		{"sFlow V5, agent 192.0.2.9, sub-agent ID 0, seq 3, 1 samples", []any{SFlow, "AgentAddress", "192.0.2.9", "SequenceNumber", 3, "Samples",
			List{one(SFlowFlowSample, "SamplingRate", 512, "Records", List{one(SFlowRawPacketFlowRecord, "FrameLength", 100, "Header", frame, "Padding", "\x00\x00")})}},
			"0000000500000001c0000209000000000000000300000000" + "00000001" +
				"0000000100000048" + "0000000000000000000002000000000000000000000000000000000000000001" +
				"0000000100000020" + "0000000100000064000000000000000e" + "0200000000040200000000039000" + "0000"},
		{"LCM short message on POSE", []any{LCM, "SequenceNumber", 5, "ChannelName", "POSE", Raw, "load", "12345678"},
			"4c43303200000005" + "504f534500" + "3132333435363738"},
		{"LOOP Forward Data", []any{EthernetCTP, EthernetCTPForwardData, "ForwardAddress", "02:00:00:00:00:01", EthernetCTPReply, "ReceiptNumber", 5},
			"0000" + "0200020000000001" + "01000500"},
		{"NDP Segment Hello", []any{NortelDiscovery, "IPAddress", "192.0.2.1", "SegmentID", "\x00\x01\x05", "Chassis", 12, "NumLinks", 1},
			"c0000201" + "000105" + "0c000201"},
		{"ENIP Register Session (Req), Session: 0x00000000", []any{ENIPTCP, "senderContext", 7, ENIPRegisterSession},
			"6500040000000000000000000700000000000000" + "00000000" + "01000000"},
		{"802.1AE, ICMP Echo (ping) request", []any{MACsec, "SC", 1, "PN", 9, "SCI", one(MACsecSCI, "system_identifier", "02:00:00:00:00:01", "port_identifier", 1),
			IP, "src", "10.0.0.1", "dst", "10.0.0.2", ICMP},
			"200000000009" + "0200000000010001" + "0800" + "4500001c00010000400166de0a0000010a000002" + "0800f7ff00000000"},
		{"FDDI, IPv4", []any{FDDI, "SrcMAC", "02:00:00:00:00:01", "DstMAC", "02:00:00:00:00:02", LLC, SNAP, IP, "src", "10.0.0.1", "dst", "10.0.0.2"},
			"50" + "020000000002" + "020000000001" + "aaaa03" + "0000000800" + "4500001400010000400066e70a0000010a000002"},
		{"USB URB_INTERRUPT in, 2.3.1 → host", []any{USB, "ID", 0x1234, "TransferType", "Interrupt", "EventType", "COMPLETE", "Direction", "In", "EndpointNumber", 1,
			"DeviceAddress", 3, "BusID", 2, "TimestampSec", 5, Raw, "load", "abcd"},
			"3412000000000000" + "430181" + "03" + "0200" + "2d00" + "0500000000000000" + "00000000" + "00000000" + "00000000" + "04000000" + "0000000000000000" + "61626364"},
		{"Paging Policy Indicator 2, padding in front of the last type", []any{GTP_U_Header, "teid", 1, GTPPDUSessionContainer, "PPP", 1, "PPI", 2, "QFI", 9,
			IP, "src", "10.0.0.1", "dst", "10.0.0.2"},
			"34ff002000000001" + "00000085" + "0200894000000000" + "4500001400010000400066e70a0000010a000002"},
		{"UDP Port 2152, then PDCP PDU 5", []any{GTP_U_Header, "teid", 1, "gtp_type", 255, GTP_UDPPort_ExtensionHeader, "udp_port", 2152, "next_ex", 0xc0,
			GTP_PDCP_PDU_ExtensionHeader, "pdcp_pdu", 5, IP, "src", "10.0.0.1", "dst", "10.0.0.2"},
			"34ff002000000001" + "00000040" + "010868c0" + "01000500" + "4500001400010000400066e70a0000010a000002"},
		{"Reliable Data (27), header of 24 bytes", []any{RUDP, "SYN", 1, "SrcPort", 5, "DstPort", 6, "Seq", 9, "VariableHeaderArea", "\x00\x08\x02\x00\x00\x00"},
			"820c05060000" + "00000009" + "00000000" + "00000000" + "000802000000"},
	} {
		p := stackOf(t, c.parts...)
		b, err := p.Build()
		if got := hex.EncodeToString(b); err != nil || got != c.want {
			t.Errorf("%s:\n got %s (%v)\nwant %s", c.says, got, err, c.want)
			continue
		}
		q := Dissect(p.First(), b)
		for i := 0; i < p.Len(); i++ {
			if q.At(i).Proto() != p.At(i).Proto() {
				t.Errorf("%s: taken apart as %s (%v)", c.says, q.Summary(), q.Notes())
				break
			}
		}
	}
}

// The signed strengths and the check sequence of frames, read back and kept.
func TestRadioTapFCS(t *testing.T) {
	p := stackOf(t, RadioTap, "present", "Flags+dBm_AntSignal", "Flags", "FCS", "dBm_AntSignal", int64(-42), Dot11FCS, "type", "Control", "subtype", 13)
	b, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	if want := "00000a002200000010d6" + "d4000000000000000000"; hex.EncodeToString(b[:len(b)-4]) != want {
		t.Errorf("built %x, want %s and a check sequence", b, want)
	}
	q := Dissect(RadioTap, b)
	if got := q.At(0).Value(RadioTap.Index("dBm_AntSignal")); got != int64(-42) {
		t.Errorf("dBm_AntSignal is %v", got)
	}
	if q.Len() != 2 || q.At(1).Proto() != Dot11FCS {
		t.Fatalf("layers are %s", q.Summary())
	}
	if err := q.At(1).SetField("ID", uint64(1)); err != nil {
		t.Fatal(err)
	}
	q.Layers()[1].Unset(dot11FCS)
	again, err := q.Build()
	if err != nil || len(again) != len(b) || string(again[len(b)-4:]) == string(b[len(b)-4:]) {
		t.Errorf("with another duration built as %x (%v), want another check sequence than %x", again, err, b)
	}
	// A frame cut off inside its check sequence stays what it was.
	for n := range b {
		if out, err := Dissect(RadioTap, b[:n]).Build(); err != nil || string(out) != string(b[:n]) {
			t.Errorf("%x is rebuilt as %x (%v)", b[:n], out, err)
		}
	}
}
