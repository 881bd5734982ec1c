package filter

import (
	"strings"
	"testing"
)

// TestInstructions runs each instruction that Compile seldom or never makes.
func TestInstructions(t *testing.T) {
	pkt := []byte{0x45, 1, 2, 3, 4, 5, 6, 7}
	for _, c := range []struct {
		text string // count and instructions, as tcpdump -ddd writes them
		want int64  // -1: not a program
	}{
		{"2;0 0 0 7;22 0 0 0", 7},                                      // ld #7; ret a
		{"3;0 0 0 7;132 0 0 0;22 0 0 0", 0xfffffff9},                   // neg
		{"2;128 0 0 0;22 0 0 0", 100},                                  // ld #pktlen: the wire length
		{"3;129 0 0 0;135 0 0 0;22 0 0 0", 100},                        // ldx #pktlen; txa
		{"3;177 0 0 0;135 0 0 0;22 0 0 0", 20},                         // ldx 4*([0]&0xf)
		{"4;0 0 0 9;1 0 0 0;60 0 0 0;22 0 0 0", 0},                     // div x, x = 0: reject
		{"4;0 0 0 9;1 0 0 0;156 0 0 0;22 0 0 0", 0},                    // mod x, x = 0
		{"4;0 0 0 9;1 0 0 40;108 0 0 0;22 0 0 0", 0},                   // lsh x, x = 40
		{"4;0 0 0 9;1 0 0 4;172 0 0 0;22 0 0 0", 13},                   // xor x
		{"2;32 0 0 4;22 0 0 0", 0x04050607},                            // ld [4]
		{"2;32 0 0 5;22 0 0 0", 0},                                     // ld [5]: a byte too far
		{"2;40 0 0 7;22 0 0 0", 0},                                     // ldh [7]
		{"2;48 0 0 8;22 0 0 0", 0},                                     // ldb [8]
		{"3;1 0 0 4294967295;80 0 0 2;22 0 0 0", 0},                    // ldb [x + 2], x = -1: no wrapping
		{"3;1 0 0 4;64 0 0 4294967295;22 0 0 0", 0},                    // ld [x + -1]
		{"3;1 0 0 3;72 0 0 2;22 0 0 0", 0x0506},                        // ldh [x + 2]
		{"2;40 0 0 4294963200;22 0 0 0", 0},                            // metadata, where there is none
		{"5;0 0 0 5;2 0 0 15;0 0 0 1;97 0 0 15;135 0 0 0", -1},         // does not end in a return
		{"6;0 0 0 5;2 0 0 15;0 0 0 1;97 0 0 15;135 0 0 0;22 0 0 0", 5}, // st, ldx M[15]
		{"2;5 0 0 4294967295;6 0 0 1", 0},                              // ja to itself: given up
		{"3;0 0 0 3;69 0 1 4;6 0 0 1", -1},                             // jset out of the program
		{"1;22 0 0 0", 0},
	} {
		p, err := ParseDecimal(strings.NewReader(strings.ReplaceAll(c.text, ";", "\n") + "\n"))
		if err != nil {
			if c.want != -1 {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		keep, _ := run(p.insns, pkt, 100, nil)
		if got := int64(keep); got != c.want {
			t.Errorf("%s: got %#x, want %#x\n%s", c.text, got, c.want, p)
		}
	}
}

func TestNewProgram(t *testing.T) {
	ret := Instruction{Op: clsRET}
	for _, c := range []struct {
		insns []Instruction
		why   string
	}{
		{nil, "0 instructions"},
		{make([]Instruction, maxInsns+1), "4097 instructions"},
		{[]Instruction{{Op: clsLD}}, "end in a return"},
		{[]Instruction{{Op: 0x18}, ret}, "unknown"},
		{[]Instruction{{Op: clsLDX | modeABS}, ret}, "unknown"},
		{[]Instruction{{Op: clsLD | modeMEM, K: 16}, ret}, "16 scratch cells"},
		{[]Instruction{{Op: clsST, K: 16}, ret}, "16 scratch cells"},
		{[]Instruction{{Op: clsALU | aluDiv}, ret}, "division"},
		{[]Instruction{{Op: clsALU | aluLsh, K: 32}, ret}, "31 bits"},
		{[]Instruction{{Op: clsALU | 0xb0, K: 1}, ret}, "unknown"},
		{[]Instruction{{Op: clsJMP | jmpEQ, Jt: 1}, ret}, "out of the program"},
		{[]Instruction{{Op: clsJMP | jmpJA, K: 1}, ret}, "out of the program"},
		{[]Instruction{{Op: clsJMP | 0x50}, ret}, "unknown"},
		{[]Instruction{{Op: clsMISC | 0x40}, ret}, "unknown"},
		{[]Instruction{{Op: 0xffff}, ret}, "unknown"},
	} {
		if _, err := NewProgram(c.insns); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v: got %v, want %q", c.insns[:min(2, len(c.insns))], err, c.why)
		}
	}
}

// TestDump compares the text with what tcpdump -d prints for the same programs.
func TestDump(t *testing.T) {
	text := `(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 10
(002) ldb      [23]
(003) jeq      #0x6             jt 4	jf 10
(004) ldh      [20]
(005) jset     #0x1fff          jt 10	jf 6
(006) ldxb     4*([14]&0xf)
(007) ldb      [x + 27]
(008) jset     #0x2             jt 9	jf 10
(009) ret      #262144
(010) ret      #0
`
	p, err := Compile("tcp[13]&2!=0", Options{LinkType: LinkEthernet})
	if err != nil || p.String() != text {
		t.Errorf("got %v\n%s\nwant\n%s", err, p, text)
	}
	if want := "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 8, 0x00000800 },\n"; !strings.HasPrefix(p.DumpC(), want) {
		t.Errorf("got\n%s\nwant\n%s…", p.DumpC(), want)
	}
	if want := "11\n40 0 0 12\n21 0 8 2048\n"; !strings.HasPrefix(p.DumpDecimal(), want) {
		t.Errorf("got\n%s\nwant\n%s…", p.DumpDecimal(), want)
	}
	live, err := Compile("inbound and vlan 10", Options{LinkType: LinkEthernet, Live: true})
	for _, want := range []string{"ldh      [type]", "[vlanp]", "[vlan_tci]", "and      #0xfff"} {
		if err != nil || !strings.Contains(live.String(), want) {
			t.Errorf("%v\n%s\nwant %q in it", err, live, want)
		}
	}
}
