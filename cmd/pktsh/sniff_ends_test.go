package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pktsh/sniff/pcapfile"
)

// manyPackets is a capture file of n packets of 1000 bytes.
func manyPackets(t *testing.T, name string, n int) {
	t.Helper()
	w, err := pcapfile.Create(name, pcapfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(&pcapfile.Record{Data: make([]byte, 1000), Nanos: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// What goes wrong is a sentence and a status.
func TestSniffCommandBadFiles(t *testing.T) {
	dir := t.TempDir()
	manyPackets(t, filepath.Join(dir, "many.pcap"), 1000)
	for _, packed := range []string{"cut.pcap.gz", "cut.pcap.zst"} {
		name := filepath.Join(dir, packed)
		manyPackets(t, name, 1000)
		st, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(name, st.Size()-5); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"text": "hello world", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"-q -r DIR/text", `not a capture file: it begins with "hell"`},
		{"-q -r DIR/empty", "not a capture file: it is empty"},
		{"-q -r DIR", "is a directory"},
		{"-q -r DIR/none", "no such file"},
		{"-q -r DIR/cut.pcap.gz", "damaged at byte"},
		{"-q -r DIR/cut.pcap.zst", "damaged at byte"},
		{"-r DIR/many.pcap -w DIR", "is a directory"},
		{"-r DIR/many.pcap -w DIR/none/x.pcap", "no such file"},
		{"-r DIR/many.pcap -w /dev/full", "no space left on device"},
		{"-r DIR/many.pcap -w /dev/full", "not all of "},
	} {
		args := append([]string{"sniff"}, strings.Fields(strings.ReplaceAll(c.args, "DIR", dir))...)
		out, errText, status := pktsh(t, "", args...)
		if status != 1 || out != "" || !strings.Contains(errText, c.want) {
			t.Errorf("%s: status %d, output %q, errors %q; want status 1 and %q", c.args, status, out, errText, c.want)
		}
	}
}

// A reader of the lines who leaves ends the run; the file beside them is whole.
func TestSniffCommandReaderLeaves(t *testing.T) {
	dir := t.TempDir()
	in, written := filepath.Join(dir, "many.pcap"), filepath.Join(dir, "out.pcap")
	manyPackets(t, in, 20000)
	cmd := exec.Command(program, "sniff", "-r", in, "-w", written, "--print")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(pipe).ReadString('\n'); err != nil {
		t.Error(err)
	}
	pipe.Close()
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "packets written to") {
		t.Errorf("ended with %v, %q; want status 0 and the count", err, said.String())
	}
	r, err := pcapfile.Open(written)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF || r.Count() == 0 {
		t.Errorf("the file has %d packets and ends with %v, want some and io.EOF", r.Count(), err)
	}
}
