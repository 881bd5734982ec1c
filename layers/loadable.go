package layers

import (
	"slices"
	"strings"
)

// The application layers that nothing reads unless they are asked for, since
// programs look at such bytes as Raw: HTTP and TLS, by their ports.
var loadable = map[string]func(){
	"http": func() { bindTCPPorts(HTTP, 80, 8080) },
	"tls":  func() { bindTCPPorts(TLS, 443) },
}

func bindTCPPorts(upper *Proto, ports ...int) {
	for _, port := range ports {
		for _, end := range []string{"sport", "dport"} {
			mustBindUp(TCP, upper, end, port)
		}
	}
}

// LoadLayer has a protocol read by its port from now on, as Scapy's load_layer
// does. All tables are there from the start, so that other names, of Scapy's
// modules, change nothing. ok says whether this one did.
func LoadLayer(name string) (ok bool) {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "scapy.layers."), ".")
	bind := loadable[name]
	if bind == nil {
		return false
	}
	upper := map[string]*Proto{"http": HTTP, "tls": TLS}[name]
	if !slices.ContainsFunc(UpperBindings(TCP), func(b Binding) bool { return b.Upper == upper }) {
		bind()
	}
	return true
}
