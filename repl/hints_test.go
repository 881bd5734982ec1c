package repl

import (
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pktsh/layers"
)

// Every name that Scapy 2.5's star import brings (testdata/scapy_names.txt, without
// constants, modules and Python's own) is here or answered with what to use instead.
func TestScapysNamesAreAnswered(t *testing.T) {
	text, err := os.ReadFile("testdata/scapy_names.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	here, hinted := 0, 0
	for name := range strings.FieldsSeq(string(text)) {
		if _, ok := s.in.Get(name); ok {
			here++
		} else if nameHint(name) != "" {
			hinted++
		} else {
			t.Errorf("%s: neither here nor answered", name)
		}
	}
	t.Logf("%d names are here, %d are answered", here, hinted)
	if here < 800 || hinted < 300 {
		t.Errorf("%d names are here, %d are answered", here, hinted)
	}
}

// What a hint names is there.
func TestHintsNameWhatIsHere(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	called := regexp.MustCompile(`(^|[^.\w])(\w+)\(`)
	for _, h := range append(slices.Clone(hints), attrHints...) {
		for _, m := range called.FindAllStringSubmatch(h.instead, -1) {
			name := m[2]
			_, ok := s.in.Get(name)
			if !ok && layers.Lookup(name) == nil && name != "X" && name != "post_build" && name != "is_request" && packetMethods[name] == nil && listMethods[name] == nil {
				t.Errorf("hint for %.20s… names %s(), which is not here", h.names, name)
			}
		}
		for name := range strings.FieldsSeq(h.names) {
			if _, ok := s.in.Get(name); ok {
				t.Errorf("%s has a hint and is here", name)
			}
		}
	}
}
