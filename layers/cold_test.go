package layers

import (
	"os"
	"os/exec"
	"sync"
	"testing"
)

// TestColdStart has many goroutines dissect, print and build at once in a process that
// has used no table before: plans, bindings and names are made when they are first needed.
func TestColdStart(t *testing.T) {
	if os.Getenv("PKTSH_COLD") == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestColdStart$")
		cmd.Env = append(os.Environ(), "PKTSH_COLD=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%.3000s", err, out)
		}
		return
	}
	frames := goldenBytes(t)
	texts := make([][]string, 8)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for g := range texts {
		texts[g] = make([]string, len(frames))
		wg.Go(func() {
			<-start
			for k := range frames {
				i := (k + g*len(frames)/len(texts)) % len(frames) // each begins elsewhere
				p := Dissect(frames[i].first, frames[i].b)
				b, err := p.Clone().Build()
				if err != nil {
					t.Error(err)
				}
				texts[g][i] = p.Repr() + p.Summary() + string(b)
			}
		})
	}
	close(start)
	wg.Wait()
	for g := range texts {
		for i := range frames {
			if texts[g][i] != texts[0][i] {
				t.Fatalf("frame %d reads in one goroutine as\n%q\nin another as\n%q", i, texts[0][i], texts[g][i])
			}
		}
	}
}
