package layers

// Defrag joins the IPv4 fragments among packets (RFC 791 §3.2), in any order,
// by identification, addresses and protocol of their first IP layer. It gives the
// packets that are no fragments, the joined packets dissected anew, and the
// fragments of datagrams that are incomplete, overlap, or would be longer than an
// IP packet can be. A fragment that came twice, byte for byte, is taken once.
func Defrag(packets []*Packet) (whole, joined, missing []*Packet) {
	others, datagrams := gather(packets)
	for _, d := range datagrams {
		if d.whole != nil {
			joined = append(joined, d.whole)
		} else {
			missing = append(missing, d.came...)
		}
	}
	for _, n := range others {
		whole = append(whole, packets[n])
	}
	return whole, joined, missing
}

// Defragment is all packets in their order with the fragments among them joined
// where they can be; a joined packet stands where its last fragment was.
func Defragment(packets []*Packet) (out []*Packet) {
	instead := map[int]*Packet{} // of the packet at a place; nil: nothing
	_, datagrams := gather(packets)
	for _, d := range datagrams {
		if d.whole == nil {
			continue
		}
		for _, n := range d.places {
			instead[n] = nil
		}
		instead[d.places[len(d.places)-1]] = d.whole
	}
	for n, p := range packets {
		if q, is := instead[n]; is {
			p = q
		}
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// gathered are the fragments of a datagram among packets.
type gathered struct {
	partial
	places []int   // in the list that they came in
	whole  *Packet // that they join to; nil if they do not
}

// gather sorts packets: the places of those that are no IPv4 fragments, and the
// datagrams that the others are of.
func gather(packets []*Packet) (others []int, out []*gathered) {
	open := map[FragmentKey]*gathered{}
	for n, p := range packets {
		f, key, ok := pieceOf(p)
		if !ok || p.layers[f.i].proto != IP {
			others = append(others, n)
			continue
		}
		d := open[key]
		if d == nil {
			d = &gathered{partial: partial{key: key, end: -1}}
			open[key], out = d, append(out, d)
		}
		d.came, d.places = append(d.came, p), append(d.places, n)
		d.take(f)
	}
	for _, d := range out {
		if d.complete() {
			d.whole = d.join()
		}
	}
	return others, out
}
