package filter

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mutateGen changes expressions word by word, those of the other generators and of the corpus:
// what comes out is grammar that nobody thought of.
type mutateGen struct {
	sweepGen
	exprs []string
	words []string // of these
}

// aWord is a word, a number, an operator or white space.
var aWord = regexp.MustCompile(`\s+|[0-9A-Fa-fx:.\-]*[0-9:][0-9A-Za-z:.\-/]*|\\?[A-Za-z][A-Za-z0-9.\-]*|&&|\|\||<<|>>|[<>=!]=|.`)

// nested are parentheses around ids in parentheses, which docs/sniffing.md says are taken.
var nested = regexp.MustCompile(`([a-z]|!)\s*\(\s*\(`)

func newMutateGen(t *testing.T) *mutateGen {
	g := &mutateGen{sweepGen: sweepGen{needTcpdump(t)}}
	corpus, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	g.exprs = append(strings.Split(strings.TrimSpace(string(corpus)), "\n"), manualOthers...)
	manual := manualExprs()
	for range 1000 {
		g.exprs = append(g.exprs, g.pick(manual...), g.any(3))
	}
	for _, e := range g.exprs {
		g.words = append(g.words, aWord.FindAllString(e, -1)...)
	}
	return g
}

// mutant is one of the expressions with one to three changes.
func (g *mutateGen) mutant() string {
	words := aWord.FindAllString(g.pick(g.exprs...), -1)
	for range 1 + g.IntN(3) {
		if len(words) == 0 {
			break
		}
		i := g.IntN(len(words))
		switch g.IntN(7) {
		case 0, 1:
			words[i] = g.pick(g.words...)
		case 2:
			words = slices.Delete(words, i, i+1)
		case 3:
			words = slices.Insert(words, i, " ", g.pick(g.words...), " ")
		case 4:
			end := i + 1 + g.IntN(len(words)-i)
			words = slices.Insert(slices.Insert(words, end, ")"), i, "(")
		case 5: // goes on as another one ends
			other := aWord.FindAllString(g.pick(g.exprs...), -1)
			from := g.IntN(len(other) + 1)
			words = append(append(words[:i], g.pick(" ", " and ", " or ")), other[from:]...)
		case 6:
			k := g.IntN(len(words))
			words[i], words[k] = words[k], words[i]
		}
	}
	return strings.Join(words, "")
}

// TestPeerTcpdumpMutants compares these with the installed libpcap; SWEEP=1000 compares more.
func TestPeerTcpdumpMutants(t *testing.T) {
	g := newMutateGen(t)
	var s score
	for _, c := range randomCounts {
		var exprs []string
		for want := sweepSize(t); len(exprs) < want; {
			if e := g.mutant(); !nested.MatchString(e) && g.comparable(c.link, e, 40) {
				exprs = append(exprs, e)
			}
		}
		s.compare(t, c.link, referee(t, c.link, exprs))
	}
	s.check(t, 0)
}
