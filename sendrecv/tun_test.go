package sendrecv

import (
	"bytes"
	"testing"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
)

// On a link without a link header, as tunnels and WireGuard have, packets leave and answers come as they are, of both IP versions.
func TestTun(t *testing.T) {
	c, _ := world(t, lab.Options{})
	tun := &netlink.Tuntap{LinkAttrs: netlink.LinkAttrs{Name: "tun0"}, Mode: netlink.TUNTAP_MODE_TUN, Flags: netlink.TUNTAP_NO_PI, Queues: 1}
	onLink(t, c.Host, "lo", func(nl *netlink.Handle, _ netlink.Link) error { return nl.LinkAdd(tun) })
	f := tun.Fds[0]
	t.Cleanup(func() { f.Close() })
	onLink(t, c.Host, "tun0", func(nl *netlink.Handle, l netlink.Link) error {
		for _, a := range []string{"10.5.0.1/24", "fd05::1/64"} {
			addr, err := netlink.ParseAddr(a)
			if err != nil {
				return err
			}
			if err := nl.AddrAdd(l, addr); err != nil {
				return err
			}
		}
		return nl.LinkSetUp(l)
	})
	sent := make(chan []byte, 1000)
	go func() {
		buf := make([]byte, 2000)
		for {
			n, err := f.Read(buf)
			if err != nil {
				return
			}
			p := layers.Dissect(layers.IP, bytes.Clone(buf[:n]))
			echo, reply := layers.ICMP, uint64(0)
			if buf[0]>>4 == 6 {
				p = layers.Dissect(layers.IPv6, bytes.Clone(buf[:n]))
				echo, reply = layers.ICMPv6EchoRequest, 129
			}
			if p.Index(echo, 1, 0) < 0 {
				continue // the kernel's own: router solicitations and the like
			}
			sent <- bytes.Clone(buf[:n])
			src, _ := addrOf(p.At(0), "src")
			dst, _ := addrOf(p.At(0), "dst")
			at := p.At(p.Index(echo, 1, 0))
			for field, v := range map[string]any{"type": reply, "cksum": nil, "chksum": nil} {
				if at.Proto().Index(field) >= 0 {
					set(at, field, v)
				}
			}
			set(p.At(0), "src", dst)
			set(p.At(0), "dst", src)
			set(p.At(0), "chksum", nil)
			out, err := p.Build()
			if err != nil {
				t.Error(err)
				return
			}
			f.Write(out)
		}
	}()
	for _, dst := range []string{"10.5.0.9", "fd05::9"} {
		list := []*layers.Packet{ping(ip(dst), 1), ping(ip(dst), 2)}
		res := c.sr(Options{Timeout: patience}, list...)
		if res.AnsweredCount != 2 {
			t.Errorf("%s: %d answered", dst, res.AnsweredCount)
		}
		for _, p := range list {
			want, err := p.Build()
			must(t, err)
			if got := <-sent; !bytes.Equal(got, want) {
				t.Errorf("%s: sent % x, want % x", dst, got, want)
			}
		}
		// More, which a ring receives; the device holds 500 (txqueuelen).
		const n = 2 * batchSize
		proto := layers.ICMP
		if ip(dst).Is6() {
			proto = layers.ICMPv6EchoRequest
		}
		many := stack(to(ip(dst)), one(proto, "id", 7, "seq", layers.Range{Lo: 1, Hi: n}))
		if res, err := c.SR(t.Context(), pkts(many), Options{Timeout: patience}); err != nil || res.AnsweredCount != n {
			t.Errorf("%s: %d answered of %d, %v", dst, res.AnsweredCount, n, err)
		}
		for range n {
			<-sent
		}
	}
}

// set gives a field a value; nil has it computed.
func set(at layers.At, field string, v any) {
	i := at.Proto().Index(field)
	switch {
	case i < 0:
	case v == nil:
		at.Layer().Unset(i)
	default:
		if err := at.SetField(field, v); err != nil {
			panic(err)
		}
	}
}
