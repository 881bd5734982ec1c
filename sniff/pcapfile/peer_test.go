package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// peer runs a program that other people made.
func peer(t *testing.T, name string, args ...string) string {
	t.Helper()
	if os.Getenv("PKTSH_PEERS") == "" {
		t.Skip("set PKTSH_PEERS=1 to run what other programs are needed for")
	}
	out, err := exec.Command(name, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("%s %v: %v\n%s", name, args, err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// frame is an Ethernet frame with an IPv4 UDP datagram, n bytes long.
func frame(n int) []byte {
	b := append([]byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00\x45\x00\x00\x00\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x04\x00\x00\x35\x00\x00\x00\x00"), make([]byte, n)...)
	b[16], b[17] = byte((len(b)-14)>>8), byte(len(b)-14)
	b[38], b[39] = byte((len(b)-34)>>8), byte(len(b)-34)
	return b
}

func peerFile(t *testing.T, name string, o Options) []*Record {
	t.Helper()
	w, err := Create(name, o)
	if err != nil {
		t.Fatal(err)
	}
	i := &Interface{Name: "eth0", LinkType: Ethernet, SnapLen: 2000}
	var out []*Record
	for n := range 20 {
		rec := &Record{Data: frame(n * 7), WireLen: len(frame(n*7)) + n%3, Nanos: 1_700_000_000_123_456_000 + int64(n)*1_000_000_001, Iface: i}
		if n == 3 && o.Format == PcapNG {
			rec.Options = WithComments(nil, []string{"a remark"})
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Other programs read what is written here: number, time, both lengths, comment.
func TestPeerProgramsReadOurs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.pcap", "b.pcapng", "c.pcap.gz", "d.pcapng.gz", "e.pcap.zst"} {
		for _, o := range []Options{{}, {Micros: true}, {BigEndian: true}} {
			file := filepath.Join(dir, name)
			if f, _ := FormatOf(name); f == PcapNG {
				o.Format = PcapNG
			}
			recs := peerFile(t, file, o)
			var want strings.Builder
			for i, r := range recs {
				nanos := r.Nanos
				if o.Micros && o.Format == Pcap {
					nanos -= nanos % 1000
				}
				comment := ""
				if c := Comments(r.Options); c != nil {
					comment = c[0]
				}
				fmt.Fprintf(&want, "%d\t%d.%09d\t%d\t%d\t%s\n", i+1, nanos/1e9, nanos%1e9, r.WireLen, len(r.Data), comment)
			}
			if got := peer(t, "tshark", "-r", file, "-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.comment"); got != want.String() {
				t.Errorf("tshark reads %s %+v as\n%swant\n%s", name, o, got, want.String())
			}
			if strings.HasSuffix(name, "gz") || strings.HasSuffix(name, "zst") {
				continue // tcpdump unpacks nothing
			}
			if n := strings.Count(peer(t, "tcpdump", "-nr", file), "10.0.0.1.1024 > 10.0.0.2.53"); n != len(recs) {
				t.Errorf("tcpdump reads %d packets of %s", n, name)
			}
			got := peer(t, "/usr/bin/python3", "-c", "import sys; from scapy.utils import RawPcapReader\nprint(len(list(RawPcapReader(sys.argv[1]))))", file)
			if strings.TrimSpace(got) != fmt.Sprint(len(recs)) {
				t.Errorf("Scapy reads %s packets of %s", got, name)
			}
		}
	}
}

// What other programs write is read here, in all formats that editcap knows of these.
func TestPeerFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "src.pcapng")
	recs := peerFile(t, src, Options{Format: PcapNG})
	same := func(file string, micros bool, want []*Record) {
		t.Helper()
		r, err := Open(file)
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		got, err := readAll(r)
		if err != io.EOF || len(got) != len(want) {
			t.Errorf("%s: %d records, want %d: %v", filepath.Base(file), len(got), len(want), err)
			return
		}
		for i, w := range want {
			nanos := w.Nanos
			if micros {
				nanos -= nanos % 1000
			}
			if g := got[i]; !bytes.Equal(g.Data, w.Data) || g.WireLen != w.WireLen || g.Nanos != nanos {
				t.Errorf("%s: record %d: %d bytes of %d at %d; want %d of %d at %d", filepath.Base(file), i, len(g.Data), g.WireLen, g.Nanos, len(w.Data), w.WireLen, nanos)
			}
		}
	}
	for _, f := range []string{"pcap", "nsecpcap", "pcapng", "modpcap"} {
		out := filepath.Join(dir, "e."+f)
		peer(t, "editcap", "-F", f, src, out)
		same(out, f == "pcap" || f == "modpcap", recs)
	}
	out := filepath.Join(dir, "m.pcapng")
	peer(t, "mergecap", "-a", "-w", out, src, src)
	same(out, false, append(append([]*Record{}, recs...), recs...))
	out = filepath.Join(dir, "t.pcap")
	peer(t, "tcpdump", "--time-stamp-precision=nano", "-r", src, "-w", out)
	same(out, false, recs)
	out = filepath.Join(dir, "t.pcapng")
	peer(t, "tshark", "-r", src, "-w", out)
	same(out, false, recs)
	for _, p := range []string{"gzip", "zstd"} {
		peer(t, p, "-k", "-q", filepath.Join(dir, "t.pcap"))
	}
	same(filepath.Join(dir, "t.pcap.gz"), false, recs)
	same(filepath.Join(dir, "t.pcap.zst"), false, recs)
	out = filepath.Join(dir, "s.pcap")
	peer(t, "/usr/bin/python3", "-c", "import sys; from scapy.utils import *\nw = RawPcapWriter(sys.argv[2], linktype=1, nano=True, endianness='>')\nfor d, m in RawPcapReader(sys.argv[1]):\n    w.write_packet(d, sec=m.sec, usec=m.usec, wirelen=m.wirelen) if 0 else w._write_packet(d, sec=m.sec, usec=m.usec, caplen=m.caplen, wirelen=m.wirelen) if w.header_present else (w._write_header(d), w._write_packet(d, sec=m.sec, usec=m.usec, caplen=m.caplen, wirelen=m.wirelen))\nw.close()", filepath.Join(dir, "t.pcap"), out)
	same(out, false, recs)
}
