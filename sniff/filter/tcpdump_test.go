package filter

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The referee is tcpdump 4.99 with libpcap 1.10.3. With -update the golden files are
// made anew, for which tcpdump is needed; otherwise tests need only the files.
var update = flag.Bool("update", false, "ask tcpdump and rewrite the golden files in testdata")

// refereed is what the referee says of an expression.
type refereed struct {
	Filter string
	Link   int
	Error  string `json:",omitempty"` // libpcap refuses it
	Len    int    `json:",omitempty"` // instructions of its program
	// Digests of the verdicts on testdata/packets.pcap, with each packet padded so that
	// no load leaves it, and as it is.
	Padded, Plain string `json:",omitempty"`
	// The digest for the padded packets of tcpdump -O, where it is another: libpcap's
	// optimiser has changed what the expression means, or dropped a load beyond 70000 bytes.
	PaddedO string `json:",omitempty"`
}

// tcpdump compiles an expression; a nil program means that it rejects all packets.
func tcpdump(link int, expr string, flags ...string) (p *Program, refusal string, err error) {
	// It takes the link type from the head of a capture file.
	head := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	head = append(head, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, byte(link), byte(link>>8), 0, 0)
	args := append([]string{"-r", "-", "-ddd"}, flags...)
	cmd := exec.Command("tcpdump", append(args, "--", expr)...)
	cmd.Stdin = bytes.NewReader(head)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		msg := strings.TrimPrefix(lines[len(lines)-1], "tcpdump: ")
		if strings.Contains(msg, "rejects all packets") {
			return nil, "", nil
		}
		if _, ran := err.(*exec.ExitError); ran {
			return nil, msg, nil
		}
		return nil, "", err
	}
	p, err = ParseDecimal(bytes.NewReader(out))
	return p, "", err
}

const paddedLen = 70000 // more than any 16-bit field and a few headers can point to

// digests are the digests of the verdicts of several programs on all packets; a nil
// program rejects.
func digests(packets []packet, programs []*Program, padded bool) []string {
	hashes := make([][]byte, len(programs))
	for i := range hashes {
		hashes[i] = make([]byte, (len(packets)+7)/8)
	}
	buf := make([]byte, paddedLen)
	for n, pkt := range packets {
		data := pkt.data
		if padded {
			clear(buf)
			copy(buf, data)
			data = buf
		}
		for i, p := range programs {
			if p != nil && p.Match(data, pkt.wireLen) {
				hashes[i][n/8] |= 1 << (n % 8)
			}
		}
	}
	out := make([]string, len(programs))
	for i, h := range hashes {
		sum := sha256.Sum256(h)
		out[i] = hex.EncodeToString(sum[:8])
	}
	return out
}

// referee asks tcpdump about expressions.
func referee(t testing.TB, link int, exprs []string) []refereed {
	t.Helper()
	packets := packetsFor(t, link)
	out := make([]refereed, len(exprs))
	optimised, plain := make([]*Program, len(exprs)), make([]*Program, len(exprs))
	for i, e := range exprs {
		out[i].Filter, out[i].Link = e, link
		var err error
		if optimised[i], out[i].Error, err = tcpdump(link, e); err != nil {
			t.Fatalf("tcpdump %q: %v", e, err)
		}
		if out[i].Error != "" {
			continue
		}
		if plain[i], _, err = tcpdump(link, e, "-O"); err != nil {
			t.Fatalf("tcpdump -O %q: %v", e, err)
		}
		if optimised[i] != nil {
			out[i].Len = optimised[i].Len()
		}
	}
	od, pd := digests(packets, optimised, true), digests(packets, plain, true)
	on := digests(packets, optimised, false)
	for i := range out {
		if out[i].Error != "" {
			continue
		}
		out[i].Padded, out[i].Plain = od[i], on[i]
		if od[i] != pd[i] {
			out[i].PaddedO = pd[i]
		}
	}
	return out
}

// score compares our compiler with the referee.
type score struct {
	compiled, samePadded, samePlain, refused, undefined int
	ratios                                              []float64
	different                                           int      // what complain was called for
	report                                              []string // that, and what is odd besides
}

func (s *score) complain(format string, args ...any) {
	s.different++
	s.report = append(s.report, fmt.Sprintf(format, args...))
}

// wrongZero are errors of libpcap about a right operand whose first instruction loads a
// constant (gencode.c, gen_arth), even if that is but the index of the load behind it: it
// refuses to divide by ip[0], and to shift by ip[40].
var wrongZero = regexp.MustCompile(`division by zero|modulus by zero|shift by more than 31 bits`)

func (s *score) compare(t testing.TB, link int, golden []refereed) {
	packets := packetsFor(t, link)
	ours := make([]*Program, len(golden))
	for i, want := range golden {
		p, err := Compile(want.Filter, Options{LinkType: link})
		switch {
		case err != nil && want.Error == "" && (strings.HasSuffix(err.Error(), "division by zero") || strings.HasSuffix(err.Error(), "values have 32")):
			s.undefined++ // libpcap refuses these, too, unless its optimiser has dropped the code before
		case err != nil && want.Error == "":
			s.complain("%s: refused (%v), libpcap compiles it", want.Filter, err)
		case err == nil && wrongZero.MatchString(want.Error):
		case err == nil && want.Error != "":
			s.complain("%s: compiled, libpcap says %q", want.Filter, want.Error)
		case err != nil:
			s.refused++
		}
		ours[i] = p
	}
	padded, plain := digests(packets, ours, true), digests(packets, ours, false)
	for i, want := range golden {
		if ours[i] == nil || want.Error != "" {
			continue
		}
		s.compiled++
		if padded[i] == want.Padded || padded[i] == want.PaddedO {
			s.samePadded++
		} else {
			s.complain("%s: other verdicts than libpcap's", want.Filter)
		}
		if plain[i] == want.Plain {
			s.samePlain++
		}
		if want.Len > 0 && !strings.Contains(want.Filter, "protochain") {
			r := float64(ours[i].Len()) / float64(want.Len)
			s.ratios = append(s.ratios, r)
			if r > 2 {
				s.report = append(s.report, fmt.Sprintf("%s: %d instructions, libpcap needs %d", want.Filter, ours[i].Len(), want.Len))
			}
		}
	}
}

func (s *score) check(t *testing.T) {
	t.Helper()
	slices.Sort(s.ratios)
	for i, r := range s.report {
		if i == 20 {
			t.Logf("… and %d more", len(s.report)-i)
			break
		}
		t.Log(r)
	}
	if s.compiled == 0 {
		t.Fatal("nothing to compare")
	}
	median, p90 := s.ratios[len(s.ratios)/2], s.ratios[len(s.ratios)*9/10]
	t.Logf("%d compiled by both, %d refused by both; same verdicts on padded packets: %d, on truncated ones too: %d; length over libpcap's: median %.2f, p90 %.2f, most %.2f",
		s.compiled, s.refused, s.samePadded, s.samePlain, median, p90, s.ratios[len(s.ratios)-1])
	// One is in any number of them: the random ones are others each time, and libpcap's optimizer has its own mistakes.
	if most := 1 + s.compiled/500; s.different > most {
		t.Errorf("%d differences in %d expressions; at most %d may differ", s.different, s.compiled, most)
	}
	if s.undefined*200 > s.compiled+200 {
		t.Errorf("%d expressions refused for arithmetic that libpcap takes", s.undefined)
	}
	if s.samePlain*100 < s.compiled*93 {
		t.Errorf("only %d of %d have the same verdicts on truncated packets", s.samePlain, s.compiled)
	}
	if median > 1.1 {
		t.Errorf("programs are too long: median %.2f times libpcap's", median)
	}
}

// packetsFor are the packets of the corpus as they would be on another link type: what
// is behind the Ethernet header, behind another one.
func packetsFor(t testing.TB, link int) []packet {
	t.Helper()
	packets := readPackets(t, "testdata/packets.pcap")
	if link == LinkEthernet {
		return packets
	}
	out := packets[:0]
	for _, p := range packets {
		if len(p.data) < 14 {
			continue
		}
		typ := p.data[12:14]
		etherType := binary.BigEndian.Uint16(typ)
		var head []byte
		switch link {
		case LinkNull, LinkLoop:
			head = []byte{0, 0, 0, 0}
			family := map[uint16]byte{etherIP: 2, etherIPv6: 30}[etherType]
			if head[3] = family; link == LinkNull {
				binary.NativeEndian.PutUint32(head, uint32(family))
			}
		case LinkPPP:
			ppp := pppTypes[uint32(etherType)]
			if etherType == etherMPLS {
				ppp = pppMPLS
			}
			head = []byte{0xff, 3, byte(ppp >> 8), byte(ppp)}
		case LinkSLL:
			head = append([]byte{0, p.data[5] % 5, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0}, typ...)
		case LinkSLL2:
			head = append(slices.Clone(typ), 0, 0, 0, 0, 0, 3, 0, 1, p.data[5]%5, 6, 2, 0, 0, 0, 0, 9, 0, 0)
		}
		data := append(head, p.data[14:]...)
		out = append(out, packet{data, p.wireLen - 14 + len(head)})
	}
	return out
}

const randomGolden = "testdata/random.jsonl.gz"

// randomCounts says how many random expressions are compared on each link type.
var randomCounts = []struct{ link, n int }{
	{LinkEthernet, 2400},
	{LinkRaw, 80}, {LinkNull, 60}, {LinkLoop, 60}, {LinkSLL, 100}, {LinkSLL2, 80}, {LinkPPP, 80}, {LinkIPv4, 40}, {LinkIPv6, 40},
}

func (g exprGen) list(n int) []string {
	exprs := make([]string, n)
	for i := range exprs {
		exprs[i] = g.expr()
	}
	return exprs
}

// TestRandomExpressions compares verdicts, refusals and lengths for some thousand
// random expressions with the referee's, which are on file.
func TestRandomExpressions(t *testing.T) {
	if *update {
		var b bytes.Buffer
		zw := gzip.NewWriter(&b)
		enc := json.NewEncoder(zw)
		g := newExprGen(1)
		for _, c := range randomCounts {
			for _, r := range referee(t, c.link, g.list(c.n)) {
				if err := enc.Encode(r); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(randomGolden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(randomGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	golden := make(map[int][]refereed)
	for dec := json.NewDecoder(zr); dec.More(); {
		var r refereed
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		golden[r.Link] = append(golden[r.Link], r)
	}
	for _, c := range randomCounts {
		t.Run(encapNames[linkInfo[c.link].enc], func(t *testing.T) {
			if len(golden[c.link]) != c.n {
				t.Fatalf("%d expressions on file, want %d", len(golden[c.link]), c.n)
			}
			var s score
			s.compare(t, c.link, golden[c.link])
			s.check(t)
		})
	}
}

// needTcpdump skips the test unless peers are asked for, and gives fresh random
// expressions.
func needTcpdump(t *testing.T) exprGen {
	t.Helper()
	if os.Getenv("PKTSH_PEERS") != "1" {
		t.Skip("set PKTSH_PEERS=1 to compare with tcpdump, which must be installed")
	}
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return newExprGen(seed)
}

// TestPeerTcpdump compares fresh random expressions with the installed tcpdump.
func TestPeerTcpdump(t *testing.T) {
	g := needTcpdump(t)
	var s score
	s.compare(t, LinkEthernet, referee(t, LinkEthernet, g.list(2000)))
	s.check(t)
}

// TestPeerTcpdumpManual does the same with what the manual page lists, on several link
// types: all that stands by itself, some of the combinations of qualifiers and ids, and
// random expressions made of them.
func TestPeerTcpdumpManual(t *testing.T) {
	g := needTcpdump(t)
	all := manualExprs()
	for _, link := range []int{LinkEthernet, LinkRaw, LinkSLL, LinkSLL2, LinkNull, LinkPPP} {
		t.Run(encapNames[linkInfo[link].enc], func(t *testing.T) {
			var exprs []string
			if link == LinkEthernet {
				exprs = append(exprs, manualOthers...)
			}
			for want := len(exprs) + 250; len(exprs) < want; {
				e := g.pick(all[g.IntN(len(all))], g.manual(all))
				// Most combinations are nonsense: ask about some of those only.
				if _, err := Compile(e, Options{LinkType: link}); err == nil || g.IntN(10) == 0 {
					exprs = append(exprs, e)
				}
			}
			exprs = slices.DeleteFunc(exprs, func(e string) bool { return otherOnPurpose(link, e) })
			var s score
			s.compare(t, link, referee(t, link, exprs))
			s.check(t)
		})
	}
}

// TestPeerTcpdumpLive does the same for live capture, with the programs that libpcap
// makes for an interface and the packets as a packet socket would see them: outer VLAN
// tags taken out.
func TestPeerTcpdumpLive(t *testing.T) {
	g := needTcpdump(t)
	if out, err := exec.Command("tcpdump", "-i", "lo", "-ddd", "vlan").CombinedOutput(); err != nil {
		t.Skipf("tcpdump cannot open the loopback interface: %s", out)
	}
	packets := readPackets(t, "testdata/packets.pcap")
	buf := make([]byte, paddedLen)
	same, bad := 0, 0
	for same+bad < 300 {
		e := g.pick("vlan", "vlan 10", "vlan 20", "not vlan", "inbound", "outbound and vlan") + g.pick(" and ", " and ", " or ") + g.terms(1+g.IntN(2))
		out, err := exec.Command("tcpdump", "-i", "lo", "-ddd", e).Output()
		if err != nil {
			continue // refused, or it rejects all packets
		}
		theirs, err := ParseDecimal(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := Compile(e, Options{LinkType: LinkEthernet, Live: true})
		if err != nil {
			t.Errorf("%s: %v", e, err)
			continue
		}
		differ := -1
		for n, pkt := range packets {
			clear(buf)
			copy(buf, pkt.data)
			data, m := buf, Meta{Type: uint8(n % 5)}
			if tpid := uint16(buf[12])<<8 | uint16(buf[13]); (tpid == 0x8100 || tpid == 0x88a8) && n%4 != 0 {
				m.VLANPresent, m.VLANTPID, m.VLANTCI = true, tpid, uint16(buf[14])<<8|uint16(buf[15])
				copy(buf[4:16], buf[:12])
				data = buf[4:]
			}
			if ours.MatchMeta(data, pkt.wireLen, m) != theirs.MatchMeta(data, pkt.wireLen, m) {
				differ = n
			}
		}
		if same++; differ >= 0 {
			same--
			bad++
			t.Logf("%s: packet %d: other verdict than libpcap's", e, differ)
		}
	}
	if bad > 1 {
		t.Errorf("%d of %d expressions differ", bad, same+bad)
	}
}

const programsGolden = "testdata/programs.txt"

// TestMachine runs libpcap's own programs, which are on file, on the packets: the
// verdicts must be libpcap's, to the last truncated packet. And ours may not be longer.
func TestMachine(t *testing.T) {
	verdicts := readVerdicts(t)
	if *update {
		var b bytes.Buffer
		for _, v := range verdicts {
			if v.Accept == nil {
				continue
			}
			p, _, err := tcpdump(LinkEthernet, v.Filter)
			if err != nil || p == nil {
				t.Fatalf("tcpdump %q: %v", v.Filter, err)
			}
			fmt.Fprintf(&b, "%s\n%s", v.Filter, p.DumpDecimal())
		}
		if err := os.WriteFile(programsGolden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(programsGolden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packets := readPackets(t, "testdata/packets.pcap")
	sc := bufio.NewScanner(f)
	var ratios []float64
	for _, v := range verdicts {
		if v.Accept == nil {
			continue
		}
		if sc.Scan(); sc.Text() != v.Filter {
			t.Fatalf("%s: expected %q, got %q", programsGolden, v.Filter, sc.Text())
		}
		sc.Scan()
		var n int
		fmt.Sscan(sc.Text(), &n)
		text := sc.Text() + "\n"
		for range n {
			sc.Scan()
			text += sc.Text() + "\n"
		}
		p, err := ParseDecimal(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", v.Filter, err)
		}
		for i, pkt := range packets {
			if got := p.Match(pkt.data, pkt.wireLen); got != v.accepts[i] {
				t.Errorf("%s: packet %d: the machine says %v, libpcap's %v", v.Filter, i, got, v.accepts[i])
				break
			}
		}
		ours, err := Compile(v.Filter, Options{LinkType: LinkEthernet})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(v.Filter, "protochain") {
			continue // libpcap loops, we cannot
		}
		ratios = append(ratios, float64(ours.Len())/float64(p.Len()))
		if ours.Len() > p.Len()*5/4 {
			t.Errorf("%s: %d instructions, libpcap needs %d", v.Filter, ours.Len(), p.Len())
		}
	}
	slices.Sort(ratios)
	if median := ratios[len(ratios)/2]; median > 1 {
		t.Errorf("programs are too long: median %.2f times libpcap's", median)
	}
}
