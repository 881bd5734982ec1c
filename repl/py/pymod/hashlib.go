package pymod

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding"
	"encoding/hex"
	"hash"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	"sha3_224": func() hash.Hash { return sha3.New224() }, "sha3_256": func() hash.Hash { return sha3.New256() },
	"sha3_384": func() hash.Hash { return sha3.New384() }, "sha3_512": func() hash.Hash { return sha3.New512() },
}

// digest is a hash object.
type digest struct {
	noHash
	name string
	h    hash.Hash
}

func (d *digest) String() string { return "<" + d.name + " _hashlib.HASH object>" }

func hashlibModule() *Module {
	d := starlark.StringDict{}
	names := list(nil)
	for _, name := range sortedKeys(hashes) {
		_ = names.Append(starlark.String(name)) // nobody else has the list
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			v, err := a.bind("string", "*usedforsecurity")
			if err != nil {
				return nil, err
			}
			return newDigest(name, v[0])
		})
	}
	d["algorithms_available"], d["algorithms_guaranteed"] = names, names
	d["new"] = fn("new", func(a *args) (starlark.Value, error) {
		v, err := a.bind("name!", "data", "*usedforsecurity")
		if err != nil {
			return nil, err
		}
		name := strings.ToLower(pyfmt.Str(v[0]))
		if hashes[name] == nil {
			return nil, pyrt.Errorf("ValueError", "unsupported hash type %s%s", pyfmt.Str(v[0]), pyrt.DidYouMean(name, sortedKeys(hashes)))
		}
		return newDigest(name, v[1])
	})
	return newModule("hashlib", d)
}

func newDigest(name string, data starlark.Value) (starlark.Value, error) {
	d := &digest{noHash{"HASH"}, name, hashes[name]()}
	if data == nil {
		return d, nil
	}
	return d, d.update(data)
}

func (d *digest) update(v starlark.Value) error {
	if _, ok := v.(starlark.String); ok {
		return pyrt.Errorf("TypeError", "Strings must be encoded before hashing")
	}
	b, err := pymeth.BytesValue(v)
	if err != nil {
		return pyrt.Errorf("TypeError", "object supporting the buffer API required")
	}
	d.h.Write(b)
	return nil
}

// Attr is a method, or name, digest_size, block_size.
func (d *digest) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(d.name), nil
	case "digest_size":
		return integer(d.h.Size()), nil
	case "block_size":
		return integer(d.h.BlockSize()), nil
	}
	return digestMethods.bind(d, name), nil
}

// AttrNames lists the attributes, sorted.
func (d *digest) AttrNames() []string {
	return []string{"block_size", "copy", "digest", "digest_size", "hexdigest", "name", "update"}
}

var digestMethods = methodTable[*digest]{
	"digest": func(d *digest, a *args) (starlark.Value, error) { return starlark.Bytes(d.h.Sum(nil)), a.none() },
	"hexdigest": func(d *digest, a *args) (starlark.Value, error) {
		return starlark.String(hex.EncodeToString(d.h.Sum(nil))), a.none()
	},
	"update": func(d *digest, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		return starlark.None, d.update(v[0])
	},
	"copy": func(d *digest, a *args) (starlark.Value, error) {
		state, err := d.h.(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			return nil, err
		}
		c := &digest{d.noHash, d.name, hashes[d.name]()}
		return c, c.h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
	},
}
