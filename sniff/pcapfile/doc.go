// Package pcapfile reads and writes capture files, pcap and pcapng, as streams.
// It knows bytes and times, not packets.
//
//	r, err := pcapfile.Open("trace.pcapng.gz")
//	for {
//		rec, err := r.Next()
//		if err == io.EOF {
//			break
//		}
//		…
//	}
//
// Reading needs no more memory than the largest record: [Reader.Next] gives slices
// of its own buffer. Both byte orders, micro- and nanoseconds, gzip and zstd are
// recognised by the first bytes. A [Writer] goes by the file's name: .pcapng, and .gz
// or .zst behind it.
//
// A damaged file gives all records before the damage, then a [*DamageError] that
// says where it is. Lengths are believed only as far as bytes arrive.
//
// What the blocks of a pcapng file say beside packets (names, counts, comments,
// secrets) goes to [Reader.OnBlock] and can be given to a Writer as it is. Options
// and blocks are little-endian here whatever the file's order is.
//
// The formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, and libpcap's
// savefile.c where files in the wild differ from them. Limits: times are kept to the
// nanosecond, from 1677 to 2262; a packet has at most 128 MiB.
package pcapfile
