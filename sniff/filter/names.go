package filter

import (
	_ "embed" // the tables below
	"strconv"
	"strings"
	"sync"
)

// The tables hold what Debian's netbase 6.4 has in /etc/services and /etc/protocols,
// as "NAME PORT TRANSPORTS" and "NUMBER NAME…", so that a filter means the same on
// every host. Options.Service and Options.Protocol replace them.

//go:embed services.txt
var servicesText string

//go:embed protocols.txt
var protocolsText string

type ports struct{ tcp, udp int } // -1: not known for that transport

var services = sync.OnceValue(func() map[string]ports {
	m := make(map[string]ports)
	for line := range strings.Lines(servicesText) {
		f := strings.Fields(line)
		n, err := strconv.ParseUint(f[1], 10, 16)
		if err != nil {
			panic("filter: services.txt: " + err.Error())
		}
		p, known := m[f[0]]
		if !known {
			p = ports{-1, -1}
		}
		if strings.Contains(f[2], "tcp") && p.tcp < 0 {
			p.tcp = int(n)
		}
		if strings.Contains(f[2], "udp") && p.udp < 0 {
			p.udp = int(n)
		}
		m[f[0]] = p
	}
	return m
})

var protocols = sync.OnceValue(func() map[string]int {
	m := make(map[string]int)
	for line := range strings.Lines(protocolsText) {
		f := strings.Fields(line)
		n, err := strconv.Atoi(f[0])
		if err != nil {
			panic("filter: protocols.txt: " + err.Error())
		}
		for _, name := range f[1:] {
			if _, known := m[name]; !known {
				m[name] = n
			}
		}
	}
	return m
})

// service is the TCP and the UDP port of a name, -1 where there is none.
func (o *Options) service(name string) (tcp, udp int) {
	if o.Service != nil {
		tcp, udp = -1, -1
		if p, ok := o.Service(name, "tcp"); ok {
			tcp = int(p)
		}
		if p, ok := o.Service(name, "udp"); ok {
			udp = int(p)
		}
		return tcp, udp
	}
	if p, ok := services()[name]; ok {
		return p.tcp, p.udp
	}
	return -1, -1
}

// protocol is the number of an IP protocol.
func (o *Options) protocol(name string) (int, bool) {
	if o.Protocol != nil {
		return o.Protocol(name)
	}
	n, ok := protocols()[name]
	return n, ok
}

func serviceNames() []string  { return keys(services()) }
func protocolNames() []string { return keys(protocols()) }

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
