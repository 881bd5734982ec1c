package firewall

import (
	"net/netip"
	"slices"
)

// boxes cuts ranges into ones that do not overlap and cover the same connections.
// A concatenated interval set refuses an element that overlaps another
// (nft_set_pipapo.c, nft_pipapo_insert: EEXIST or ENOTEMPTY). Two networks either
// nest or are disjoint, so only the ports have to be cut: between two neighbouring
// cuts the networks in force are the same, and those inside another are left out.
// The result is sorted, and as few pieces as that gives.
func boxes(ranges []Range) []Range {
	byLocal := map[netip.Addr][]Range{}
	for _, r := range ranges {
		byLocal[r.Local] = append(byLocal[r.Local], r)
	}
	var out []Range
	for local, rs := range byLocal {
		var cuts []int // first ports of pieces; 65536 may end the last one
		for _, r := range rs {
			cuts = append(cuts, int(r.Lo), int(r.Hi)+1)
		}
		slices.Sort(cuts)
		cuts = slices.Compact(cuts)
		slices.SortFunc(rs, func(a, b Range) int { return int(a.Lo) - int(b.Lo) })
		var held []Range               // those that hold the port at the cut
		open := map[netip.Prefix]int{} // index in out of the piece that ended at the last cut
		for i := range len(cuts) - 1 {
			lo, hi := uint16(cuts[i]), uint16(cuts[i+1]-1)
			for len(rs) > 0 && rs[0].Lo <= lo {
				held, rs = append(held, rs[0]), rs[1:]
			}
			held = slices.DeleteFunc(held, func(r Range) bool { return r.Hi < lo })
			next := map[netip.Prefix]int{}
			for _, p := range widest(held) {
				at, ok := open[p]
				if ok {
					out[at].Hi = hi
				} else {
					at = len(out)
					out = append(out, Range{local, lo, hi, p})
				}
				next[p] = at
			}
			open = next
		}
	}
	slices.SortFunc(out, Range.compare)
	return out
}

// widest are the networks of ranges, without those that lie inside another.
func widest(rs []Range) []netip.Prefix {
	var ps []netip.Prefix
	for _, r := range rs {
		ps = append(ps, r.Remote)
	}
	slices.SortFunc(ps, func(a, b netip.Prefix) int { return a.Bits() - b.Bits() })
	var top []netip.Prefix
	for _, p := range ps {
		if !slices.ContainsFunc(top, func(t netip.Prefix) bool { return t.Overlaps(p) }) {
			top = append(top, p)
		}
	}
	return top
}
