package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

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

// refusedHereAlone tells an error that libpcap makes only where its optimiser comes by
// (docs/sniffing.md).
func refusedHereAlone(err error) bool {
	return strings.HasSuffix(err.Error(), "division by zero") || strings.HasSuffix(err.Error(), "values have 32")
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
		case err != nil && want.Error == "" && refusedHereAlone(err):
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
	skips := make([][]byte, len(golden))
	for i := range golden {
		skips[i] = golden[i].skip
	}
	padded, plain := digests(packets, ours, true, skips), digests(packets, ours, false, nil)
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

// check fails where more than most verdicts differ.
func (s *score) check(t *testing.T, most int) {
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
	if s.different > most {
		t.Errorf("%d differences in %d expressions; at most %d may differ", s.different, s.compiled, most)
	}
	if s.undefined > 3+s.compiled/200 { // of a few expressions several may happen to be
		t.Errorf("%d expressions refused for arithmetic that libpcap takes", s.undefined)
	}
	if s.samePlain*100 < s.compiled*93 {
		t.Errorf("only %d of %d have the same verdicts on truncated packets", s.samePlain, s.compiled)
	}
	if median > 1.1 {
		t.Errorf("programs are too long: median %.2f times libpcap's", median)
	}
}
