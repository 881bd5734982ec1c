package pymod

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"hash/adler32"
	"hash/crc32"
	"io"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// maxWbits is zlib's MAX_WBITS; wbits adds 16 for gzip's header and is negative for none
// (zlib.h, inflateInit2).
const maxWbits = 15

// maxInflated bounds what decompress() makes of its input.
const maxInflated = 256 << 20

// zlibModule is module zlib. What compress() gives is read by every zlib, but is not
// the bytes that another one would have made.
func zlibModule() *Module {
	attrs := funcs(map[string]function{
		"crc32":      crc,
		"adler32":    adler,
		"compress":   zlibCompress,
		"decompress": zlibDecompress,
	})
	attrs["MAX_WBITS"] = starlark.MakeInt(maxWbits)
	for i, name := range []string{"Z_DEFAULT_COMPRESSION", "Z_NO_COMPRESSION", "Z_BEST_SPEED"} {
		attrs[name] = starlark.MakeInt(i - 1)
	}
	attrs["Z_BEST_COMPRESSION"] = starlark.MakeInt(9)
	return newModule("zlib", attrs)
}

// sumArgs are the bytes and the sum so far of crc32() and adler32().
func (a *args) sumArgs(start uint32) ([]byte, uint32, error) {
	vals, err := a.bind("data!", "value")
	if err != nil {
		return nil, 0, err
	}
	b, err := pymeth.BytesValue(vals[0])
	if err == nil && vals[1] != nil {
		n, isInt := vals[1].(starlark.Int)
		if !isInt {
			return nil, 0, pyrt.Errorf("TypeError", "%s() wants a number as its second argument", a.name)
		}
		low, _ := n.And(starlark.MakeUint64(0xffffffff)).Uint64()
		start = uint32(low)
	}
	return b, start, err
}

// crc is crc32(data, value=0).
func crc(a *args) (starlark.Value, error) {
	b, sum, err := a.sumArgs(0)
	return starlark.MakeUint64(uint64(crc32.Update(sum, crc32.IEEETable, b))), err
}

// adler is adler32(data, value=1): hash/adler32 cannot go on from a sum, so the two halves
// are put together (RFC 1950 §8.2).
func adler(a *args) (starlark.Value, error) {
	b, start, err := a.sumArgs(1)
	if err != nil {
		return nil, err
	}
	const mod = 65521
	sum := adler32.Checksum(b)
	s1, s2 := sum&0xffff, sum>>16
	n := uint32(len(b) % mod)
	from1, from2 := start&0xffff, start>>16
	s2 = (s2 + from2 + n*((from1+mod-1)%mod)%mod) % mod
	s1 = (s1 + from1 + mod - 1) % mod
	return starlark.MakeUint64(uint64(s2<<16 | s1)), nil
}

// wbits is the argument wbits, or what it is by default.
func (a *args) wbits(v starlark.Value) (int, error) {
	if v == nil {
		return maxWbits, nil
	}
	n, err := pymeth.Index(v)
	if err != nil {
		return 0, err
	}
	switch {
	case n >= -15 && n <= -8, n >= 8 && n <= 15, n >= 24 && n <= 31, a.name == "decompress" && (n == 0 || n >= 40 && n <= 47):
		return n, nil
	}
	return 0, pyrt.Errorf("zlib.error", "%s(): wbits: got %d, want 8..15 for zlib's format, 24..31 for gzip's, -15..-8 for neither", a.name, n)
}

func zlibCompress(a *args) (starlark.Value, error) {
	vals, err := a.bind("data!", "level", "wbits")
	if err != nil {
		return nil, err
	}
	data, err := pymeth.BytesValue(vals[0])
	if err != nil {
		return nil, err
	}
	level := -1
	if vals[1] != nil {
		if level, err = pymeth.Index(vals[1]); err != nil {
			return nil, err
		}
	}
	if level < -1 || level > 9 {
		return nil, pyrt.Errorf("zlib.error", "Bad compression level: got %d, want -1..9", level)
	}
	bits, err := a.wbits(vals[2])
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	var w io.WriteCloser
	switch {
	case bits < 0:
		w, err = flate.NewWriter(&out, level)
	case bits > maxWbits:
		w, err = gzip.NewWriterLevel(&out, level)
	default:
		w, err = zlib.NewWriterLevel(&out, level)
	}
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return starlark.Bytes(out.String()), err
}

func zlibDecompress(a *args) (starlark.Value, error) {
	vals, err := a.bind("data!", "wbits", "bufsize")
	if err != nil {
		return nil, err
	}
	data, err := pymeth.BytesValue(vals[0])
	if err != nil {
		return nil, err
	}
	bits, err := a.wbits(vals[1])
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(data)
	var r io.Reader
	switch {
	case bits < 0:
		r = flate.NewReader(in)
	case bits > 31 && bytes.HasPrefix(data, []byte{0x1f, 0x8b}), bits > maxWbits && bits <= 31: // 32 more: the header tells which
		r, err = gzip.NewReader(in)
	default:
		r, err = zlib.NewReader(in)
	}
	var out []byte
	if err == nil {
		out, err = io.ReadAll(io.LimitReader(r, maxInflated+1))
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, pyrt.Errorf("zlib.error", "Error -5 while decompressing data: incomplete or truncated stream")
	case err != nil:
		return nil, pyrt.Errorf("zlib.error", "Error -3 while decompressing data: %v", err)
	case len(out) > maxInflated:
		return nil, pyrt.Errorf("MemoryError", "decompress(): the data comes to more than %d bytes", maxInflated)
	}
	return starlark.Bytes(out), nil
}
