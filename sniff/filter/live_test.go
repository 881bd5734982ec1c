package filter

import "testing"

// TestLiveMeansOffline checks that from the word vlan on, a live filter says of a frame
// whose outer tag is kept beside it what the offline filter says of the frame as it
// was on the wire.
func TestLiveMeansOffline(t *testing.T) {
	packets := readPackets(t, "testdata/packets.pcap")
	g := newExprGen(3)
	buf := make([]byte, paddedLen)
	accepted := 0
	for range 300 {
		// Terms that ask for the link-layer header or the length would rightly differ.
		x := g.pick(g.host(), g.port(), "tcp", "ip", "ip6", "arp", "vlan", "mpls", "tcp[13] & 2 != 0", "ip[8] < 5", "pppoes", "stp", "ip protochain 6", "llc")
		e := g.pick("", "not ") + g.pick("vlan", "vlan 10", "vlan 20", "vlan 100") + " and " + g.maybe(1, 3, "not ") + x
		offline, err := Compile(e, Options{LinkType: LinkEthernet})
		live, liveErr := Compile(e, Options{LinkType: LinkEthernet, Live: true})
		if (err == nil) != (liveErr == nil) {
			t.Errorf("%s: offline %v, live %v", e, err, liveErr)
		}
		if err != nil || liveErr != nil {
			continue // ssh, say, is no UDP port
		}
		for n, pkt := range packets {
			clear(buf[:len(buf)-4])
			copy(buf, pkt.data)
			want := offline.Match(buf, pkt.wireLen)
			data, m := buf, Meta{}
			// Every other tagged frame is as on an interface that leaves tags in.
			if tpid := uint16(buf[12])<<8 | uint16(buf[13]); (tpid == 0x8100 || tpid == 0x88a8) && n%2 == 0 {
				m = Meta{VLANPresent: true, VLANTPID: tpid, VLANTCI: uint16(buf[14])<<8 | uint16(buf[15])}
				copy(buf[4:16], buf[:12])
				data = buf[4:]
			}
			if got := live.MatchMeta(data, pkt.wireLen, m); got != want {
				t.Errorf("%s: packet %d: live %v, offline %v\n%s", e, n, got, want, live)
				break
			}
			if want {
				accepted++
			}
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d packets were accepted: the test says little", accepted)
	}
}
