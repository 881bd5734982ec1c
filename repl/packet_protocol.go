package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// protocolMethods are the methods that only packets of one protocol have.
var protocolMethods map[*layers.Proto]map[string]*builtin

func init() {
	route := methodTable(&builtin{Sig: "get_current_router()", Doc: "The router that the pointer stands at (RFC 791 §3.1).", Run: currentRouter})
	hops := methodTable(
		&builtin{Sig: "ottl()", Doc: "The TTL or hop limit that the sender is likely to have begun with: the next of 32, 64, 128 and 255.",
			Run: func(c *call) (starlark.Value, error) { return starlark.MakeInt(firstTTL(c.self.at())), nil }},
		&builtin{Sig: "hops()", Doc: "How many routers the packet is likely to have passed: ottl() less its TTL or hop limit.",
			Run: func(c *call) (starlark.Value, error) {
				return starlark.MakeInt(firstTTL(c.self.at()) - ttlOf(c.self.at())), nil
			}},
	)
	compress := methodTable(&builtin{Sig: "compress()", Doc: "The DNS message with its names compressed, as dns_compress() has it.",
		Run: func(c *call) (starlark.Value, error) { return compressed(c.self) }})
	protocolMethods = map[*layers.Proto]map[string]*builtin{
		layers.IP: hops, layers.IPv6: hops, layers.DNS: compress,
		layers.IPOption_RR: route, layers.IPOption_LSRR: route, layers.IPOption_SSRR: route,
	}
}

func compressed(p *packet) (starlark.Value, error) {
	q, err := layers.CompressDNS(p.view())
	if err != nil {
		return nil, pyrt.Errorf("ValueError", "dns_compress(): %v", err)
	}
	return wrap(q), nil
}

func currentRouter(c *call) (starlark.Value, error) {
	pointer, _ := c.self.at().Get("pointer")
	routers, _ := c.self.at().Get("routers")
	at, _ := pointer.(uint64)
	list, _ := routers.(layers.List)
	i := int(at)/4 - 1
	if i < 0 || i >= len(list) {
		return nil, pyrt.Errorf("IndexError", "get_current_router(): the pointer is %d, behind the route, which has %d routers", at, len(list))
	}
	return fromGo(list[i]), nil
}

func ttlOf(at layers.At) int {
	name := "ttl"
	if at.Proto() == layers.IPv6 {
		name = "hlim"
	}
	return int(at.Uint(at.Proto().Index(name)))
}

func firstTTL(at layers.At) int {
	ttl := ttlOf(at)
	for _, first := range []int{32, 64, 128} {
		if ttl <= first {
			return first
		}
	}
	return 255
}
