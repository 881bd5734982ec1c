package filter

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"
)

func expressions(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		out = append(out, sc.Text())
	}
	return out
}

// FuzzCompile checks that no text makes the compiler panic or run away, that errors
// point into the text, and that programs are valid: bounded, and runnable by the kernel
// (no backward jump, no cell read before it is written).
func FuzzCompile(f *testing.F) {
	for i, e := range expressions(f) {
		f.Add(e, uint8(i%11), i%2 == 0)
	}
	g := newExprGen(2)
	for i := range 100 {
		f.Add(g.expr(), uint8(i), i%2 == 0)
	}
	links := []int{LinkEthernet, LinkRaw, LinkNull, LinkLoop, LinkSLL, LinkSLL2, LinkPPP, LinkIPv4, LinkIPv6}
	pkt := frame('x', 6, 80, 0x8100, 10)
	f.Fuzz(func(t *testing.T, expr string, link uint8, live bool) {
		if len(expr) > 4096 {
			return
		}
		o := Options{LinkType: links[int(link)%len(links)], Live: live}
		p, err := Compile(expr, o)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%q: %v is not an *Error", expr, err)
			}
			if e.Pos < 0 || e.End < e.Pos || e.End > len(expr) || e.Msg == "" {
				t.Fatalf("%q: bad error %+v", expr, e)
			}
			if lines := strings.Split(e.Caret(), "\n"); len(lines) < 3 {
				t.Fatalf("%q: caret text %q", expr, e.Caret())
			}
			return
		}
		if err := p.kernelWouldTake(); err != nil {
			t.Fatalf("%q: %v\n%s", expr, err, p)
		}
		want := p.MatchMeta(pkt, len(pkt), Meta{})
		again, err := ParseDecimal(strings.NewReader(p.DumpDecimal()))
		if err != nil {
			t.Fatalf("%q: %v", expr, err)
		}
		if got := again.MatchMeta(pkt, len(pkt), Meta{}); got != want {
			t.Fatalf("%q: the dump gives %v, the program %v", expr, got, want)
		}
	})
}

// kernelWouldTake checks what the kernel checks (bpf_check_classic and
// check_load_and_stores in net/core/filter.c).
func (p *Program) kernelWouldTake() error {
	if _, err := NewProgram(p.insns); err != nil {
		return err
	}
	written := make([]uint16, len(p.insns)) // cells written on every way to an instruction
	for i := range written {
		written[i] = 0xffff
	}
	written[0] = 0
	flow := func(to int, w uint16) { written[to] &= w }
	for i, in := range p.insns {
		w := written[i]
		switch {
		case in.Op == clsST || in.Op == clsSTX:
			flow(i+1, w|1<<in.K)
		case in.Op&7 <= clsLDX && in.Op&0xe0 == modeMEM && w&(1<<in.K) == 0:
			return errors.New("a scratch cell is read before it is written")
		case in.Op == clsJMP|jmpJA:
			if int32(in.K) < 0 {
				return errors.New("a backward jump")
			}
			flow(i+1+int(in.K), w)
		case in.Op&7 == clsJMP:
			flow(i+1+int(in.Jt), w)
			flow(i+1+int(in.Jf), w)
		case in.Op&7 != clsRET:
			flow(i+1, w)
		}
	}
	return nil
}

// FuzzMachine runs arbitrary programs, as far as they are valid, on arbitrary packets.
func FuzzMachine(f *testing.F) {
	for _, e := range expressions(f) {
		if p, err := Compile(e, Options{LinkType: LinkEthernet, Live: true}); err == nil {
			f.Add(p.DumpDecimal(), frame('x', 6, 80), 60, uint16(10))
		}
	}
	f.Add("2\n5 0 0 4294967295\n6 0 0 1\n", []byte{}, 0, uint16(0)) // a loop
	f.Fuzz(func(t *testing.T, text string, pkt []byte, wireLen int, tci uint16) {
		p, err := ParseDecimal(strings.NewReader(text))
		if err != nil {
			return
		}
		p.Match(pkt, wireLen)
		p.MatchMeta(pkt, wireLen, Meta{VLANPresent: tci != 0, VLANTCI: tci})
		if p.String() == "" || p.DumpC() == "" {
			t.Fatal("no dump")
		}
	})
}
