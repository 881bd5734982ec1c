package filter

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"os/exec"
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

	// skip are the padded packets, a bit each, that no verdict is asked for: on them a program of
	// libpcap's loads from beyond 70000 bytes, which another order of tests avoids, or from a cell that
	// it has not written (geneve under or). nil: none.
	skip []byte
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
// program rejects. Packets whose bit in skips is set are left out.
func digests(packets []packet, programs []*Program, padded bool, skips [][]byte) []string {
	hashes := make([][]byte, len(programs))
	for i := range hashes {
		hashes[i] = make([]byte, (len(packets)+7)/8)
	}
	buf := make([]byte, paddedLen)
	for n, pkt := range packets {
		data := pkt.data
		if padded {
			data = pad(buf, data)
		}
		for i, p := range programs {
			if skips != nil && skips[i] != nil && skips[i][n/8]&(1<<(n%8)) != 0 {
				continue
			}
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

// pad is a packet with zeros behind it, in buf.
func pad(buf, data []byte) []byte {
	clear(buf)
	copy(buf, data)
	return buf
}

// markUndefined sets the bits of the packets on which a program faults, or gives a verdict that
// hangs on what was in its cells before.
func markUndefined(packets []packet, programs []*Program, skips [][]byte) {
	soiled := make([][]Instruction, len(programs))
	for i, p := range programs {
		if p == nil {
			continue
		}
		soiled[i] = []Instruction{{Op: clsLD | modeIMM, K: 0x5a5a5a5a}}
		for cell := range uint32(memCells) {
			soiled[i] = append(soiled[i], Instruction{Op: clsST, K: cell})
		}
		soiled[i] = append(append(soiled[i], Instruction{Op: clsLD | modeIMM}), p.insns...)
	}
	buf := make([]byte, paddedLen)
	for n, pkt := range packets {
		data := pad(buf, pkt.data)
		for i, p := range programs {
			if p == nil {
				continue
			}
			clean, fault := run(p.insns, data, uint32(pkt.wireLen), nil)
			dirty, astray := run(soiled[i], data, uint32(pkt.wireLen), nil)
			if fault || astray || clean != dirty {
				skips[i][n/8] |= 1 << (n % 8)
			}
		}
	}
}

// referee asks libpcap about expressions.
func referee(t testing.TB, link int, exprs []string) []refereed {
	t.Helper()
	packets := packetsFor(t, link)
	lib := startLibpcap(t)
	out := make([]refereed, len(exprs))
	optimised, plain := make([]*Program, len(exprs)), make([]*Program, len(exprs))
	for i, e := range exprs {
		out[i].Filter, out[i].Link = e, link
		var err error
		if optimised[i], out[i].Error, err = lib.compile(link, e, true); err != nil {
			t.Fatalf("libpcap %q: %v", e, err)
		}
		if out[i].Error != "" {
			continue
		}
		if plain[i], _, err = lib.compile(link, e, false); err != nil {
			t.Fatalf("libpcap, not optimised, %q: %v", e, err)
		}
		if optimised[i] != nil {
			out[i].Len = optimised[i].Len()
		}
	}
	skips := make([][]byte, len(exprs))
	for i := range skips {
		skips[i] = make([]byte, (len(packets)+7)/8)
	}
	for _, programs := range [][]*Program{optimised, plain} {
		markUndefined(packets, programs, skips)
	}
	od, pd := digests(packets, optimised, true, skips), digests(packets, plain, true, skips)
	on := digests(packets, optimised, false, nil)
	for i := range out {
		out[i].skip = skips[i]
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
