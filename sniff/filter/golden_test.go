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

// verdict is what libpcap 1.10.3 says of one expression: which packets it accepts. On
// those in ambiguous its optimised and its plain program differ, since the two load
// beyond the captured bytes at different times.
type verdict struct {
	Filter, DLT, Error string
	Accept, Ambiguous  []int

	accepts, skip map[int]bool
}

func readVerdicts(t testing.TB) []verdict {
	t.Helper()
	f, err := os.Open("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []verdict
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		v := verdict{accepts: make(map[int]bool), skip: make(map[int]bool)}
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		for _, i := range v.Accept {
			v.accepts[i] = true
		}
		for _, i := range v.Ambiguous {
			v.skip[i] = true
		}
		out = append(out, v)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestVerdicts compares the verdict on each packet of each expression with libpcap's.
func TestVerdicts(t *testing.T) {
	packets := readPackets(t, "testdata/packets.pcap")
	checked := 0
	for _, want := range readVerdicts(t) {
		p, err := Compile(want.Filter, Options{LinkType: LinkEthernet})
		if want.Accept == nil {
			if err == nil {
				t.Errorf("%s: compiled; libpcap says %q", want.Filter, want.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", want.Filter, err)
			continue
		}
		wrong := 0
		for i, pkt := range packets {
			if want.skip[i] {
				continue
			}
			checked++
			if got := p.Match(pkt.data, pkt.wireLen); got != want.accepts[i] {
				if wrong++; wrong == 1 {
					t.Errorf("%s: packet %d: got %v, want %v\n%s", want.Filter, i, got, want.accepts[i], p)
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
