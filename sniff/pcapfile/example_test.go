package pcapfile_test

import (
	"bytes"
	"fmt"
	"io"

	"pktsh/sniff/pcapfile"
)

// A packet with a comment, written and read again.
func Example() {
	var file bytes.Buffer
	w, err := pcapfile.NewWriter(&file, pcapfile.Options{Format: pcapfile.PcapNG})
	if err != nil {
		fmt.Println(err)
		return
	}
	eth0 := &pcapfile.Interface{Name: "eth0", LinkType: pcapfile.Ethernet}
	err = w.Write(&pcapfile.Record{Data: []byte("a frame"), Nanos: 1e9, Iface: eth0, Options: pcapfile.WithComments(nil, []string{"the odd one"})})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := pcapfile.NewReader(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s %q %v\n", rec.Iface.Name, rec.Time().UTC().Format("15:04:05"), rec.Data, pcapfile.Comments(rec.Options))
	}
	// Output: eth0 00:00:01 "a frame" [the odd one]
}
