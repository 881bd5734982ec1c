package layers

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A textCase is a line of testdata/text.jsonl; gen_text.py there says what is in it.
type textCase struct {
	Expr   string              `json:"expr"`
	Layers [][]json.RawMessage `json:"layers"`
	First  string              `json:"first"`
	Hex    string              `json:"hex"`
	Op     string              `json:"op"`
	Arg    string              `json:"arg"`
	Want   string              `json:"want"`
}

// errNoLayer marks cases of protocols that have no table yet.
var errNoLayer = errors.New("no such layer")

func (c *textCase) packet() (*Packet, error) {
	if c.Hex != "" {
		proto := Lookup(c.First)
		if proto == nil {
			return nil, fmt.Errorf("%w: %s", errNoLayer, c.First)
		}
		b, err := hex.DecodeString(c.Hex)
		return Dissect(proto, b), err
	}
	return packetOf(c.Layers)
}

func packetOf(ls [][]json.RawMessage) (*Packet, error) {
	p := NewPacket()
	for _, l := range ls {
		var name string
		var fields map[string]any
		if err := errors.Join(json.Unmarshal(l[0], &name), unmarshalNumbers(l[1], &fields)); err != nil {
			return nil, err
		}
		proto := Lookup(name)
		if proto == nil {
			return nil, fmt.Errorf("%w: %s", errNoLayer, name)
		}
		layer := New(proto)
		p.layers = append(p.layers, layer)
		// In table order, since a field's form may depend on those before it.
		for i := range proto.Fields {
			v, ok := fields[proto.Fields[i].Name]
			if !ok {
				continue
			}
			delete(fields, proto.Fields[i].Name)
			val, err := valueOf(v)
			if err != nil {
				return nil, err
			}
			if err := layer.Set(i, val); err != nil {
				return nil, err
			}
		}
		for left := range fields {
			return nil, proto.NoField(left)
		}
	}
	return p, nil
}

func unmarshalNumbers(b []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	return d.Decode(v)
}

func valueOf(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		var n uint64
		_, err := fmt.Sscan(string(v), &n)
		return n, err
	case []any:
		return valuesOf(v)
	case map[string]any:
		for kind, x := range v {
			return objectOf(kind, x)
		}
	}
	return v, nil
}

func valuesOf(vs []any) (List, error) {
	out := make(List, len(vs))
	for i, v := range vs {
		var err error
		if out[i], err = valueOf(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func objectOf(kind string, x any) (any, error) {
	switch kind {
	case "bytes", "rawval":
		b, err := hex.DecodeString(x.(string))
		if kind == "rawval" {
			return RawVal(b), err
		}
		return b, err
	case "tuple":
		list, err := valuesOf(x.([]any))
		return Tuple(list), err
	case "net":
		return ParseNet(x.(string))
	case "rand":
		switch x {
		case "RandShort()":
			return RandShort(), nil
		case "RandNum(min=1, max=5)":
			return RandNum(1, 5), nil
		case "IncrementalValue()":
			return IncrementalValue(0, 1, -1), nil
		}
	case "pkt":
		b, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		var ls [][]json.RawMessage
		if err := json.Unmarshal(b, &ls); err != nil {
			return nil, err
		}
		return packetOf(ls)
	}
	return nil, fmt.Errorf("unknown form %s %v", kind, x)
}

func (c *textCase) got(p *Packet) (string, error) {
	switch c.Op {
	case "repr":
		return p.Repr(), nil
	case "show":
		return p.Show(), nil
	case "show2":
		return p.Show2()
	case "command":
		return p.Command(), nil
	case "sprintf":
		return p.Sprintf(c.Arg)
	case "ls":
		return LsPacket(p), nil
	case "lsproto":
		return LsProto(p.Layers()[0].Proto()), nil
	}
	return "", fmt.Errorf("unknown operation %q", c.Op)
}

// TestScapyText compares what packets print with what Scapy 2.7 prints.
func TestScapyText(t *testing.T) {
	f, err := os.Open("testdata/text.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var ran, absent, failed int
	for lines.Scan() {
		var c textCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		deviates := textDeviations[c.Op+" "+c.Expr] != ""
		p, err := c.packet()
		if errors.Is(err, errNoLayer) {
			absent++
			continue
		}
		ran++
		if err != nil {
			t.Errorf("%s: %v", c.Expr, err)
			continue
		}
		if shortLength(p) {
			continue // errShortLength says why
		}
		got, err := c.got(p)
		got = showNotes.ReplaceAllString(got, "")
		if deviates {
			if got == c.Want {
				t.Errorf("%s %s: listed as a deviation and is none", c.Op, c.Expr)
			}
			continue
		}
		if err != nil || got != c.Want {
			if failed++; failed > maxTextErrors {
				continue
			}
			t.Errorf("%s %s %s\n got %s\nwant %s\n(%v)", c.Op, c.Expr, c.Arg, got, c.Want, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases, %d differ, %d of protocols without a table, %d known deviations", ran, failed, absent, len(textDeviations))
	if ran < 100 {
		t.Errorf("only %d cases ran", ran)
	}
}

// showNotes are the lines of show that Scapy does not have.
var showNotes = regexp.MustCompile(`(?m)^ *!!! .*\n`)

// maxTextErrors keeps a broken formatter from filling the screen.
const maxTextErrors = 20

// textDeviations are the cases where the text is meant to differ from Scapy's.
var textDeviations = map[string]string{
	`show Ether(raw(Ether(src="d0:30:81:a9:27:a8", dst="ed:ba:59:5c:b8:38")/IPv6(src="ff02::1:1d54", dst="ff02::1:e81c", fl=324891, plen=1)/IPv6ExtHdrFragment(offset=579, m=0, id=0)/UDP(dport=0)/"jm "))`:                                                                                        cutShort,
	`show Ether(raw(Ether(src="38:62:99:b0:cb:b8", dst="da:06:6b:e7:af:50", type=1)/IPv6(src="ff02::1:cde7", dst="ff02::1:fa21", hlim=128)/IPv6ExtHdrHopByHop(options=[RouterAlert(value=1)])/TCP(sport=0, dport=1, ack=0, flags="U", options=[("MSS", 9000)])))`:                                  cutShort,
	`show Ether(raw(Ether(src="8e:22:81:43:56:1c", dst="99:06:ed:0a:48:4c", type=1)/ARP(op="who-has", hwsrc="1d:e6:f0:92:27:56", psrc="172.69.80.79", hwdst="01:d2:0d:3c:bd:e0", pdst="10.138.219.131")))`:                                                                                         cutShort,
	`command Ether(raw(Ether(src="af:e6:11:c6:1c:9c", dst="49:f9:d0:02:de:13", type=1)/IP(src="172.38.236.80", dst="8.153.242.64", options=[IPOption_Router_Alert()])/IP(src="10.62.251.66", dst="172.77.141.28")/IP(src="8.39.214.176", dst="172.39.144.80", tos=1, chksum=0)/UDP(dport=45489)))`: "an LLC header of one byte is LLC(b'F'), which makes it again; the referee's LLC(dsap=70) makes three bytes",
	`command IP(raw(IP(src="172.199.34.9", dst="8.33.65.67", tos=255)/TCP(flags="R", options=[(99, b"ab"), ("NOP", None), ("EOL", None), ("MSS", 65535)])))`:                                                                                                                                       "what stands behind the end of the options is made again too",
}

// cutShort is the reason why a header that its data ends inside of is not shown.
const cutShort = "Scapy fills a cut-off header up with defaults; here its bytes stay Raw, with a note"

func TestHexdump(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"\x00\x01\x7f\x80\xff", "0000  00 01 7F 80 FF                                   ....."},
		{"0123456789abcdef0123", "0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n" +
			"0010  30 31 32 33                                      0123"},
	} {
		if got := Hexdump([]byte(c.in)); got != c.want {
			t.Errorf("Hexdump(%q)\n got %s\nwant %s", c.in, got, c.want)
		}
	}
	big := Hexdump(make([]byte, 65540))
	if want := "\n10000  00 00 00 00                                      ...."; !strings.HasSuffix(big, want) {
		t.Errorf("Hexdump of 65540 bytes ends in %q, want %q", big[len(big)-len(want):], want)
	}
	if got, want := LineHexdump([]byte("E\x00\x14")), "45 00 14  E.."; got != want {
		t.Errorf("LineHexdump: got %q, want %q", got, want)
	}
	if got, want := CHexdump([]byte{1, 0xff}), "0x01, 0xff"; got != want {
		t.Errorf("CHexdump: got %q, want %q", got, want)
	}
}

func TestHexDiff(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"abcdefghijklmnopqrst", "abcdefXghijklmnopqrst", "" +
			"0000        61 62 63 64 65 66    67  68 69 6A 6B 6C 6D 6E 6F   abcdef ghijklmno\n" +
			"     0000   61 62 63 64 65 66 58 67  68 69 6A 6B 6C 6D 6E 6F   abcdefXghijklmno\n" +
			"000f 0010   70 71 72 73 74                                     pqrst\n"},
		{"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz", "" +
			"0000 0000   61 62 63 64 65 66 67 68  69 6A 6B 6C 6D 6E 6F 70   abcdefghijklmnop\n" +
			"0010 0010   71 72 73 74 75 76 77 78  79 7A                     qrstuvwxyz\n"},
		{"abc", "", "0000        61 62 63                                           abc\n"},
		{"", "", ""},
	} {
		if got := HexDiff([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("HexDiff(%q, %q)\n got\n%s\nwant\n%s", c.a, c.b, got, c.want)
		}
	}
	big := make([]byte, 9000)
	if got := HexDiff(big, big[:8999]); strings.Count(got, "\n") != 564 {
		t.Errorf("HexDiff of 9000 bytes has %d lines, want 564", strings.Count(got, "\n"))
	}
}

func TestImportHexcap(t *testing.T) {
	want := "4500002800010000400666cd0a0000010a000002001400500000000000000000500220007b7c0000"
	b, err := hex.DecodeString(want)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"ours":       Hexdump(b),
		"line":       LineHexdump(b),
		"bare":       want,
		"spaced":     HexStr(b, true, false) + "\n",
		"tcpdump -x": "12:00:00.000000 IP 10.0.0.1.20 > 10.0.0.2.80: Flags [S], seq 0, win 8192, length 0\n\t0x0000:  4500 0028 0001 0000 4006 66cd 0a00 0001\n\t0x0010:  0a00 0002 0014 0050 0000 0000 0000 0000\n\t0x0020:  5002 2000 7b7c 0000\n",
		"tcpdump -X": "\t0x0000:  4500 0028 0001 0000 4006 66cd 0a00 0001  E..(....@.f.....\n\t0x0010:  0a00 0002 0014 0050 0000 0000 0000 0000  .......P........\n\t0x0020:  5002 2000 7b7c 0000                      P...{|..\n",
		"xxd":        "00000000: 4500 0028 0001 0000 4006 66cd 0a00 0001  E..(....@.f.....\n00000010: 0a00 0002 0014 0050 0000 0000 0000 0000  .......P........\n00000020: 5002 2000 7b7c 0000                      P. .{|..\n",
		"od":         "0000000 45 00 00 28 00 01 00 00 40 06 66 cd 0a 00 00 01\n0000020 0a 00 00 02 00 14 00 50 00 00 00 00 00 00 00 00\n0000040 50 02 20 00 7b 7c 00 00\n0000050\n",
		"od -A x":    "000000 45 00 00 28 00 01 00 00 40 06 66 cd 0a 00 00 01\n000010 0a 00 00 02 00 14 00 50 00 00 00 00 00 00 00 00\n000020 50 02 20 00 7b 7c 00 00\n000028\n",
		"hexdump -C": "00000000  45 00 00 28 00 01 00 00  40 06 66 cd 0a 00 00 01  |E..(....@.f.....|\n00000010  0a 00 00 02 00 14 00 50  00 00 00 00 00 00 00 00  |.......P........|\n00000020  50 02 20 00 7b 7c 00 00                           |P. .{|..|\n00000028\n",
		"Wireshark":  "0000   45 00 00 28 00 01 00 00 40 06 66 cd 0a 00 00 01   E..(....@.f.....\n0010   0a 00 00 02 00 14 00 50 00 00 00 00 00 00 00 00   .......P........\n0020   50 02 20 00 7b 7c 00 00                           P. .{|..\n",
	} {
		got, err := ImportHexcap(text)
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%s: got %x, %v", name, got, err)
		}
	}
	// Characters that look like more bytes.
	got, err := ImportHexcap(Hexdump([]byte("ab cd ef ab cd ef")))
	if err != nil || string(got) != "ab cd ef ab cd ef" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "hello", "0000  4g 00 00 28", "45 00 0 28 00 01 00", "4z 00 00 28"} {
		if got, err := ImportHexcap(bad); err == nil {
			t.Errorf("ImportHexcap(%q): got %x, want an error", bad, got)
		}
	}
}

func TestSprintfErrors(t *testing.T) {
	p := NewPacket(New(IP), New(TCP))
	for _, c := range []struct {
		format string
		pos    int
	}{
		{"abc%", 3},
		{"abc%IP.src", 3},
		{"{TCP:abc", 0},
		{"x{%IP.src%}", 1},
		{"x {TCP:%q,IP.src%}", 7},
		{"%IP:x.src%", 0},
		{"%xr,IP.src%", 0},
	} {
		_, err := p.Sprintf(c.format)
		var fe *FormatError
		if !errors.As(err, &fe) || fe.Pos != c.pos {
			t.Errorf("Sprintf(%q): got %v, want an error at %d", c.format, err, c.pos)
		}
	}
}

func TestSprintfTime(t *testing.T) {
	p := NewPacket(New(IP))
	p.Meta0().Time = time.Date(2024, 1, 2, 22, 13, 20, 123456000, time.Local)
	for _, format := range []string{"%time%", "%.time%", "%IP.time%"} {
		if got, err := p.Sprintf(format); err != nil || got != "22:13:20.123456" {
			t.Errorf("Sprintf(%q): got %q, %v", format, got, err)
		}
	}
}

func TestThemeKeepsText(t *testing.T) {
	p := NewPacket(New(IP), New(TCP), New(Raw))
	if err := p.At(2).SetField("load", "hello"); err != nil {
		t.Fatal(err)
	}
	strip := func(s string) string {
		for _, c := range []string{DefaultTheme.Layer, DefaultTheme.Field, DefaultTheme.Value, DefaultTheme.Strong, DefaultTheme.Note, colorOff} {
			s = strings.ReplaceAll(s, c, "")
		}
		return s
	}
	if got, want := DefaultTheme.Repr(p, 0), p.Repr(); got == want || strip(got) != want {
		t.Errorf("coloured repr %q, want %q in colours", got, want)
	}
	if got, want := DefaultTheme.Show(p, 0), p.Show(); got == want || strip(got) != want {
		t.Errorf("coloured show %q, want %q in colours", got, want)
	}
}

func TestShowNotes(t *testing.T) {
	b, _ := hex.DecodeString("4500001e00010000400666cd0a0000010a00000200140050000000000000")
	got := Dissect(IP, b).Show()
	if !strings.Contains(got, "\n!!! byte 20, TCP: truncated: 10 bytes, want at least 20\n") {
		t.Errorf("show of a truncated TCP header has no note:\n%s", got)
	}
}

func TestNoFieldSuggestsFromLayersAbove(t *testing.T) {
	err := NewPacket(New(IP), New(TCP)).At(0).SetField("dprt", 80)
	if want := `IP has no field "dprt"; did you mean "dport"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
