package filter

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"os"
	"testing"
)

type packet struct {
	data    []byte
	wireLen int
}

// readPackets reads a little-endian, microsecond pcap file: the packets that libpcap
// gave its verdicts on.
func readPackets(t testing.TB, name string) []packet {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 24 || binary.LittleEndian.Uint32(b) != 0xa1b2c3d4 {
		t.Fatalf("%s: not a little-endian pcap file", name)
	}
	var out []packet
	for b = b[24:]; len(b) > 0; {
		n := binary.LittleEndian.Uint32(b[8:])
		out = append(out, packet{b[16 : 16+n : 16+n], int(binary.LittleEndian.Uint32(b[12:]))})
		b = b[16+n:]
	}
	return out
}

// TestVerdicts compares the verdict on each packet of each expression with
// libpcap 1.10.3's.
func TestVerdicts(t *testing.T) {
	packets := readPackets(t, "testdata/packets.pcap")
	f, err := os.Open("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checked := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var want struct {
			Filter, DLT, Error string
			Accept, Ambiguous  []int
		}
		if err := json.Unmarshal(sc.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		p, err := Compile(want.Filter, Options{LinkType: LinkEthernet})
		if want.Accept == nil && want.Error != "" {
			if err == nil {
				t.Errorf("%s: compiled; libpcap says %q", want.Filter, want.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", want.Filter, err)
			continue
		}
		verdict := make(map[int]bool, len(want.Accept))
		for _, i := range want.Accept {
			verdict[i] = true
		}
		skip := make(map[int]bool)
		for _, i := range want.Ambiguous {
			skip[i] = true
		}
		wrong := 0
		for i, pkt := range packets {
			if skip[i] {
				continue
			}
			checked++
			if got := p.Match(pkt.data, pkt.wireLen); got != verdict[i] {
				if wrong++; wrong == 1 {
					t.Errorf("%s: packet %d: got %v, want %v\n%s", want.Filter, i, got, verdict[i], p)
				}
			}
		}
		if wrong > 1 {
			t.Errorf("%s: %d packets wrong", want.Filter, wrong)
		}
	}
	if checked < 200000 {
		t.Errorf("only %d verdicts checked", checked)
	}
}
