package repl

import (
	"bytes"
	"context"
	"io"
	"testing"
)

// conf.ifaces is a dictionary of interfaces, and each stands where a name is wanted.
func TestIfaces(t *testing.T) {
	var out bytes.Buffer
	s := New(Options{Stdout: &out, Stderr: io.Discard})
	defer s.Close()
	err := s.Run(context.Background(), "ifaces.py", `
lo = conf.ifaces.dev_from_name("lo")
print(lo.name, lo.network_name, lo.mac, lo.index, lo == "lo", str(lo), type(lo).__name__, type(conf.ifaces).__name__)
print("lo" in conf.ifaces, "nope" in conf.ifaces, conf.ifaces.get("nope"), conf.ifaces.get("nope", 5), len(conf.ifaces) == len(list(conf.ifaces)))
print(conf.ifaces["lo"] == lo, lo in conf.ifaces.values(), ("lo", lo) in conf.ifaces.items(), "lo" in conf.ifaces.keys(), conf.ifaces.data["lo"].type)
print(conf.ifaces.dev_from_index(lo.index).name, get_if_hwaddr(lo), sorted(lo.ips), lo.mtu > 0)
conf.iface = lo
print(conf.iface, "lo" in conf.ifaces.show(print_result=False), conf.ifaces.reload())
try:
    conf.ifaces.dev_from_name("nope")
except ValueError as e:
    print(e)
try:
    conf.ifaces["nope"]
except KeyError as e:
    print("KeyError", e)
`)
	if err != nil {
		t.Fatal(err)
	}
	want := `lo lo 00:00:00:00:00:00 1 True lo NetworkInterface NetworkInterfaceDict
True False None 5 True
True True True True 772
lo 00:00:00:00:00:00 [4, 6] True
lo True None
Unknown network interface 'nope'
KeyError 'nope'
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
