package pcapfile

import (
	"encoding/binary"
	"fmt"
	"math"
)

func (w *Writer) startPcap(snap int) {
	magic := uint32(magicNano)
	if w.opts.Micros {
		magic = magicMicro
	}
	if snap <= 0 {
		snap = defaultSnapLen
	}
	link := uint32(w.opts.LinkType)
	if n := w.opts.FCSLen; n > 0 && n <= 30 && n%2 == 0 {
		link |= 0x04000000 | uint32(n/2)<<28
	}
	for _, v := range []uint32{magic, 2 | 4<<16, 0, 0, uint32(snap), link} {
		w.buf = w.appendU32(w.buf, v)
	}
	if w.opts.BigEndian { // the version is two numbers of 16 bits
		copy(w.buf[len(w.buf)-20:], []byte{0, 2, 0, 4})
	}
}

func (w *Writer) appendU32(b []byte, v uint32) []byte {
	if w.opts.BigEndian {
		return binary.BigEndian.AppendUint32(b, v)
	}
	return le.AppendUint32(b, v)
}

// record writes a packet into a pcap file.
func (w *Writer) record(rec *Record, data []byte, wire int) error {
	if rec.Iface != nil && rec.Iface.LinkType != w.opts.LinkType && !w.opts.LinkType.takes(rec.Iface.LinkType, data) {
		return &LinkTypeError{w.opts.LinkType, rec.Iface.LinkType}
	}
	if len(data) > maxRecord {
		return fmt.Errorf("a packet of %d bytes: at most %d can be written", len(data), maxRecord)
	}
	nanos := rec.Nanos
	if nanos == NoTime {
		nanos = 0
	}
	sec, frac := nanos/1e9, nanos%1e9
	if sec < 0 || frac < 0 || sec > math.MaxUint32 {
		return fmt.Errorf("a packet of %s: pcap files hold times from 1970 to 2106, pcapng others too", rec.Time().UTC().Format("2006-01-02"))
	}
	if w.opts.Micros {
		frac /= 1000
	}
	if len(rec.Options) > 0 {
		w.plain++
	}
	var h [recordHeader]byte
	le.PutUint32(h[:], uint32(sec))
	le.PutUint32(h[4:], uint32(frac))
	le.PutUint32(h[8:], uint32(len(data)))
	le.PutUint32(h[12:], uint32(min(wire, math.MaxUint32)))
	if w.opts.BigEndian {
		for at := 0; at < len(h); at += 4 {
			turn(h[at:], 4)
		}
	}
	w.buf = append(append(w.buf, h[:]...), data...)
	return nil
}

// IsRawIP tells the numbers that mean a packet which begins with an IP header.
func (t LinkType) IsRawIP() bool {
	return t == Raw || t == dltRaw || t == dltRawBSD || t == IPv4 || t == IPv6
}

// takes tells whether a packet of link type o reads the same as one of t: IP packets
// in a file of IP packets of this or any version.
func (t LinkType) takes(o LinkType, data []byte) bool {
	if !t.IsRawIP() || !o.IsRawIP() {
		return false
	}
	version := byte(0)
	if len(data) > 0 {
		version = data[0] >> 4
	}
	return t != IPv4 && t != IPv6 || t == IPv4 && version == 4 || t == IPv6 && version == 6
}
