package repl

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestStoredPacketMemory holds what each packet of a list costs, from the capture's
// bytes to the list's entry, until somebody looks into it: the bytes and 120 more.
func TestStoredPacketMemory(t *testing.T) {
	const count, size = 100_000, 80 // a size of which the allocator wastes nothing
	var file bytes.Buffer
	for _, v := range []uint32{0xa1b2c3d4, 2 | 4<<16, 0, 0, 65535, 1} {
		binary.Write(&file, binary.LittleEndian, v)
	}
	frame := make([]byte, size)
	for i := range count {
		binary.Write(&file, binary.LittleEndian, [4]uint32{uint32(i), 0, size, size})
		file.Write(frame)
	}
	name := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	file = bytes.Buffer{}
	for _, f := range []string{"rdpcap(%q)", "sniff(offline=%q)", "sniff(offline=%q, lfilter=lambda p: True)"} {
		s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
		run := func(src string) {
			t.Helper()
			if err := s.Run(context.Background(), "<test>", src); err != nil {
				t.Fatal(err)
			}
		}
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC() // what pools hold is let go by the second
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		run("kept = rdpcap(" + fmt.Sprintf("%q", name) + ", 1)") // what is made on first use
		before := heap()
		run("kept = " + fmt.Sprintf(f, name))
		each := float64(heap()-before) / count
		t.Logf(f+": %.1f bytes and %d of the packet itself", name, each-size, size)
		if each > size+120 {
			t.Errorf(f+" keeps %.1f bytes for each packet of %d, want at most 120 more", name, each, size)
		}
		run("assert len(kept) == 100000")
		s.Close()
	}
}
