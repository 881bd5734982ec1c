package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

// wholeFile is the number of packets in a capture file that must not be damaged.
func wholeFile(t *testing.T, name string) int {
	t.Helper()
	r, err := pcapfile.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF {
		t.Errorf("%s ends with %v behind packet %d", name, err, r.Count())
	}
	return r.Count()
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
	if n := wholeFile(t, written); n == 0 {
		t.Error("the file has no packets")
	}
}

// A terminal that is closed ends the run as Ctrl-C does: the file is whole.
func TestSniffCommandHangup(t *testing.T) {
	dir := t.TempDir()
	in, written := filepath.Join(dir, "many.pcap"), filepath.Join(dir, "out.pcap")
	manyPackets(t, in, 10)
	packets, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "sniff", "-r", "-", "-w", written, "--print")
	to, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Write(packets); err != nil { // and the pipe stays open
		t.Fatal(err)
	}
	lines := bufio.NewReader(from)
	for range 10 {
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("ended with %v, want status 130", cmd.ProcessState)
	}
	if n := wholeFile(t, written); n != 10 {
		t.Errorf("the file has %d packets, want 10", n)
	}
}
