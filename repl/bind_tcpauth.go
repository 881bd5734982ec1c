package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// tcpAuthBuiltins sign TCP segments.
func tcpAuthBuiltins() []*builtin {
	const g = "Making packets"
	return []*builtin{
		{Sig: "calc_tcp_md5_hash(tcp, key)", Group: g, Doc: "The signature of RFC 2385 over a TCP segment, in 16 bytes: calc_tcp_md5_hash(p[TCP], b\"secret\").\nThe packet has an IP or IPv6 layer below. The header's options are left out, as the RFC has it, but count for its length.",
			Run: func(c *call) (starlark.Value, error) {
				v, i, key, err := c.segment()
				if err != nil {
					return nil, err
				}
				sig, err := v.p.TCPMD5(i, key)
				return starlark.Bytes(sig), valueError(err)
			}},
		{Sig: "sign_tcp_md5(tcp, key)", Group: g, Doc: "Add the option with that signature to a TCP layer. Whatever changes the segment comes before.\nUnlike Scapy's, the signature is of the segment as it leaves, with the option in it: the one that a kernel accepts.",
			Run: func(c *call) (starlark.Value, error) {
				v, i, key, err := c.segment()
				if err != nil {
					return nil, err
				}
				if err := v.p.SignTCPMD5(i, key); err != nil {
					return nil, valueError(err)
				}
				v.forget(v.p.Layers()[i], layers.TCP.Index("options"))
				return nil, nil
			}},
		{Sig: "get_tcpao(tcphdr)", Group: g, Doc: "The TCPAOValue in the options of a TCP layer (RFC 5925), None if there is none.",
			Run: func(c *call) (starlark.Value, error) {
				v, i, err := c.tcpLayer("tcphdr")
				if err != nil {
					return nil, err
				}
				opts, _ := v.p.At(i).Value(layers.TCP.Index("options")).(layers.List)
				for _, o := range opts {
					if t, ok := o.(layers.Tuple); ok && t[0] == "AO" {
						return fromGo(t[1]), nil
					}
				}
				return nil, nil
			}},
	}
}

// tcpLayer is a packet argument and where its first TCP layer is.
func (c *call) tcpLayer(name string) (*packet, int, error) {
	v, ok := c.val(name).(*packet)
	if !ok {
		return nil, 0, c.wrong(name, "a packet with a TCP layer")
	}
	if err := v.sync(); err != nil {
		return nil, 0, err
	}
	i := v.p.Index(layers.TCP, 1, v.index())
	if i < 0 {
		return nil, 0, pyrt.Errorf("IndexError", "Layer [TCP] not found")
	}
	return v, i, nil
}

func (c *call) segment() (v *packet, i int, key []byte, err error) {
	if v, i, err = c.tcpLayer("tcp"); err == nil {
		key, err = c.bytes("key")
	}
	return v, i, key, err
}
