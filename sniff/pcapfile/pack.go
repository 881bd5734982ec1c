package pcapfile

import (
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A packer compresses what is written to it.
type packer interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// spare are packers of files that were closed. Making one for zstd takes some 20 ms, in which a
// capture that goes on in a new file would lose packets.
var spare = map[string]*sync.Pool{"gz": {}, "zst": {}}

// newPacker is a packer that writes to w.
func newPacker(packing string, w io.Writer) (packer, error) {
	pool := spare[packing]
	if pool == nil {
		return nil, fmt.Errorf("packing %q: want gz or zst", packing)
	}
	if p, ok := pool.Get().(packer); ok {
		p.Reset(w)
		return p, nil
	}
	if packing == "gz" {
		return gzip.NewWriter(w), nil
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("pack with zstd: %w", err)
	}
	return z, nil
}

// closePacker ends what a packer writes and keeps it for another file.
func closePacker(packing string, p packer) error {
	err := p.Close()
	p.Reset(io.Discard) // lets go of the file
	spare[packing].Put(p)
	return err
}
