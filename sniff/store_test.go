package sniff_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

// A store gives what PacketOf gives of each record, whatever became of the record's
// memory since.
func TestStore(t *testing.T) {
	comment := pcapfile.AppendOption(nil, pcapfile.OptComment, []byte("seen"))
	named := &pcapfile.Interface{Name: "lab0", LinkType: pcapfile.Ethernet}
	ifaces := []*pcapfile.Interface{named, {LinkType: pcapfile.Raw}, {Name: "x", LinkType: pcapfile.User0}, named}
	record := func(i int) (rec pcapfile.Record, label string) {
		rec = pcapfile.Record{Data: datagram(i), WireLen: 46 + i, Nanos: int64(i)*1e9 + 1, Iface: ifaces[i%len(ifaces)]}
		switch i % 5 {
		case 0:
			rec.Options = comment
		case 1:
			rec.Nanos, rec.Data = pcapfile.NoTime, nil
		case 2:
			rec.Data = bytes.Repeat([]byte{byte(i)}, 70000) // more than a piece has
		}
		return rec, fmt.Sprint("label", i%2)
	}
	var s sniff.Store
	const n = 5000
	for i := range n {
		rec, label := record(i)
		data, options := bytes.Clone(rec.Data), bytes.Clone(rec.Options)
		lent := rec
		lent.Data, lent.Options = data, options
		s.Add(&lent, label)
		clear(data)
		clear(options)
	}
	if s.Len() != n {
		t.Fatalf("%d of %d", s.Len(), n)
	}
	for i := range n {
		rec, label := record(i)
		got, want := s.Packet(i), sniff.PacketOf(&rec)
		if want.Meta.Iface() == "" {
			want.Meta.Edit().Iface = label
		}
		if !bytes.Equal(got.Data(), want.Data()) || !bytes.Equal(got.Meta.Details().Options, want.Meta.Details().Options) {
			t.Fatalf("record %d: got %x and %x", i, got.Data(), got.Meta.Details().Options)
		}
		got.Meta.Edit().Options, want.Meta.Edit().Options = nil, nil
		if !reflect.DeepEqual(got.Meta, want.Meta) || got.First() != want.First() {
			t.Fatalf("record %d: got %+v, want %+v", i, *got.Meta, *want.Meta)
		}
	}
}
