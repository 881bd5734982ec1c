package repl

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pktsh/layers"
	"pktsh/repl/py"
)

// Scripts that define protocols, and that work on packet lists and with Scapy's
// small functions, print what they
// print under Scapy 2.5, but for what a later Scapy prints otherwise.
func TestScriptsAsInScapy(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.out")
	if err != nil || len(scripts) < 9 {
		t.Fatal(scripts, err)
	}
	for _, out := range scripts {
		name := strings.TrimSuffix(filepath.Base(out), ".out")
		src, err := os.ReadFile("testdata/" + name + ".py")
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/" + name + ".out")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		s := New(Options{Stdout: &out, Stderr: io.Discard})
		err = s.Run(context.Background(), name+".py", string(src))
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		later := strings.NewReplacer("load='x'", "load=b'x'", "]### \n", "]###\n").Replace(string(want))
		// Times of day are this host's, the referee's were UTC's.
		got := strings.ReplaceAll(out.String(), time.Unix(1600000000, 0).Format("15:04:05"), "12:26:40")
		if got != later {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, later)
		}
	}
}

// What is wrong with a protocol is told where it is defined.
func TestLayerRefuses(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	for _, c := range []struct{ src, want string }{
		{`layer("TCP", fields=[])`, "there is a layer TCP already"},
		{`layer("a b", fields=[])`, "want letters, digits and _"},
		{`layer("X", fields=3)`, "want a list of fields"},
		{`layer("X", fields=[1])`, "want fields such as"},
		{`layer("X", fields=[ByteField("a", 300)])`, "got 300, want 0..255"},
		{`layer("X", fields=[ByteField("a", 1), ByteField("a", 1)])`, "two fields a"},
		{`layer("X", fields=[StrLenField("a", b""), ByteField("b", 0)])`, "nothing tells its length"},
		{`layer("X", fields=[FieldLenField("n", None, length_of="b"), StrField("a", b"")])`, "there is no field \"b\""},
		{`layer("X", fields=[ByteField("a", 0, auto="chksum")])`, "did you mean \"checksum\"?"},
		{`layer("X", fields=[BitField("a", 0, 3), IPField("b", "1.1.1.1")])`, "does not begin at a byte"},
		{`layer("X", fields=[IPField("b", "1.1.1")])`, "IPField(\"b\"): default: "},
		{`layer("X", fields=[], answers=3)`, "want a function"},
		{`layer("X", fields=[], hashret=["q"])`, "there is no field 'q'"},
		{"class A(Packet):\n  fields_desc = []\n  def do_build(self): return b\"\"", "do_build() would never be called here"},
		{"class A(Packet):\n  fields_desc = []\n  def __init__(self): pass", "__init__() would never be called here"},
		{"class A(TCP):\n  dport = 70000", "got 70000, want 0..65535"},
		{`MultipleTypeField([(ByteField("a", 0), 1)], ByteField("a", 0))`, "want (field, function)"},
		{`MultipleTypeField([(ByteField("b", 0), len)], ByteField("a", 0))`, "want one name"},
		{`PadField(ByteField("a", 0), 4)`, "a field that tells its own size"},
		{`PacketListField("a", [])`, "wants pkt_cls="},
		{`SignedByteField("a", 128)`, "-128..127"},
		{`ScalingField("a", 30, scaling=0.1)`, "want 0..25.5"},
		{`FlagsField("a", 0, 8, {3: "x"})`, "names by single bits of 8"},
		{"X = layer('X', fields=[ByteField('a', None, auto=lambda h, p: 300)])\nraw(X())", "computed 300"},
		{"X = layer('X', fields=[ByteField('a', 1)], post_build=lambda s, h, p: 5)\nraw(X())", "gave 5, want the bytes of header and payload"},
		{"X = layer('X', fields=[ByteField('a', None, auto=lambda h, p: 1/0)])\nraw(X())", "division by zero"},
	} {
		_, err := s.in.Exec(context.Background(), "<in>", c.src, py.ModeFile)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %q", c.src, err, c.want)
		}
	}
}

// Every named rule does what its name says, and dissecting and printing a packet
// that has it is the same again.
func TestLayerRules(t *testing.T) {
	for name, want := range map[string]string{
		"checksum": "fdfd", "header_checksum": "fcff", "length": "0006", "header_length": "0004", "header_words": "0001", "payload_length": "0002",
	} {
		var out bytes.Buffer
		s := New(Options{Stdout: &out, Stderr: &out})
		src := `X = layer("X", fields=[ShortField("a", 0x0300), XShortField("c", None, auto="` + name + `")])
print((X()/b"\xff\x01").to_hex()[4:8], X(raw(X()/b"\xff\x01")) == X(raw(X(raw(X()/b"\xff\x01")))), X(c=5).to_hex()[4:8])`
		if err := s.Run(context.Background(), "x.py", src); err != nil {
			t.Error(err)
		}
		s.Close()
		if got := out.String(); got != want+" True 0005\n" {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// An engine's goroutines dissect packets of a defined protocol while the program
// runs and does so too.
func TestLayerFunctionsBesideTheProgram(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	ctx := context.Background()
	if err := s.Run(ctx, "x.py", `n = {}
def size(pkt):
    n[pkt.l] = n.get(pkt.l, 0) + 1
    return pkt.l
Side = layer("Side", fields=[ByteField("l", 0), StrLenField("v", b"", length_from=size)])`); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if p := layers.Dissect(layers.Lookup("Side"), []byte{2, 'a', 'b', 'c'}); p.Len() != 2 {
					t.Errorf("dissected %s", p.Repr())
				}
			}
		})
	}
	err := s.Run(ctx, "x.py", `for i in range(100):
    assert Side(b"\x01abc").v == b"a"`)
	wg.Wait()
	if err != nil {
		t.Error(err)
	}
	if err := s.Run(ctx, "x.py", "assert n == {1: 100, 2: 200}, n"); err != nil {
		t.Error(err)
	}
}
