package sniff_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"pktsh/layers"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

// Files are merged by time, filtered, and a damaged one does not end the others.
func TestFilesAreMergedByTime(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, link pcapfile.LinkType, times ...int64) string {
		t.Helper()
		file := filepath.Join(dir, name)
		w, err := pcapfile.Create(file, pcapfile.Options{LinkType: link, HasLink: true})
		if err != nil {
			t.Fatal(err)
		}
		data, err := layers.NewPacket(layers.New(layers.IP), layers.New(layers.UDP)).Build()
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range times {
			if err := w.Write(&pcapfile.Record{Data: data, Nanos: at}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a := write("a.pcap", pcapfile.Raw, 1, 4, 6)
	b := write("b.pcap", pcapfile.IPv4, 2, 3, 5)
	src, err := sniff.OpenFiles([]string{filepath.Join(dir, "?.pcap")}, sniff.FileOptions{Filter: "udp", Labels: map[string]string{b: "right"}})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	want := int64(1)
	for {
		buf := make([]*layers.Packet, 4)
		n, err := src.Read(context.Background(), buf)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range buf[:n] {
			label := a
			if want == 2 || want == 3 || want == 5 {
				label = "right"
			}
			if p.Meta.Time.UnixNano() != want || p.Meta.Iface() != label || p.First() != layers.IP {
				t.Errorf("packet %d: %+v", want, p.Meta)
			}
			want++
		}
	}
	if st, _ := src.Stats(); want != 7 || st.Received != 6 {
		t.Errorf("%d packets, %+v", want-1, st)
	}
	if _, err := sniff.OpenFiles([]string{a}, sniff.FileOptions{Filter: "udp prt 1"}); err == nil {
		t.Error("a wrong filter is no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if src, err = sniff.OpenFiles([]string{a}, sniff.FileOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Read(ctx, make([]*layers.Packet, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Every link type that packets can be written with reads back as what they begin with.
func TestLinkTypesBothWays(t *testing.T) {
	for _, p := range []*layers.Proto{layers.Ether, layers.CookedLinux, layers.CookedLinuxV2, layers.Loopback, layers.PPP, layers.HDLC, layers.PPPoE, layers.IP, layers.IPv6} {
		link, ok := sniff.LinkTypeOf(p)
		if got := sniff.FirstLayer(link, []byte{0}); !ok || got != p {
			t.Errorf("%s: link type %s, which begins with %s", p.Name, link, got.Name)
		}
	}
	for data, want := range map[string]*layers.Proto{"\x45": layers.IP, "\x60": layers.IPv6, "\x00": layers.Raw, "": layers.Raw} {
		if got := sniff.FirstLayer(pcapfile.Raw, []byte(data)); got != want {
			t.Errorf("raw %x: %s", data, got.Name)
		}
	}
}

// TestPacketsOutliveTheReader: a record is overwritten by what comes next, and
// a packet made of it is not.
func TestPacketsOutliveTheReader(t *testing.T) {
	rec := &pcapfile.Record{Data: []byte("first"), Iface: &pcapfile.Interface{LinkType: 147}, Options: []byte{2, 0, 4, 0, 1, 0, 0, 0}}
	p := sniff.PacketOf(rec)
	copy(rec.Data, "other")
	clear(rec.Options)
	if b, err := p.Build(); err != nil || string(b) != "first" {
		t.Errorf("got %q, %v, want what was read", b, err)
	}
	if v := pcapfile.Option(p.Meta.Details().Options, pcapfile.OptFlags); len(v) != 4 || v[0] != 1 {
		t.Errorf("got options %x, want those that were read", p.Meta.Details().Options)
	}
}
