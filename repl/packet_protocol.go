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
	protocolMethods = map[*layers.Proto]map[string]*builtin{
		layers.IPOption_RR: route, layers.IPOption_LSRR: route, layers.IPOption_SSRR: route,
	}
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
