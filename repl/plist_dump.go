package repl

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// dumpEach prints a line and a hexdump of what part gives of each packet; ok=false
// passes a packet over.
func dumpEach(part func(v *packet) (b []byte, ok bool, err error), needPart bool) func(c *call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		lfilter, err := c.fn("lfilter")
		if err != nil {
			return nil, err
		}
		for i := range c.list.Len() {
			e := c.list.Index(i)
			if lfilter != nil {
				keep, err := starlark.Call(c.th, lfilter, argsOf(e), nil)
				if err != nil {
					return nil, err
				}
				if !keep.Truth() {
					continue
				}
			}
			v := lastOf(e)
			b, ok, err := part(v)
			if err != nil {
				return nil, err
			}
			if !ok && needPart {
				continue
			}
			text := fmt.Sprintf("%04d %s%s\n", i, clockOf(v.meta().Time), summaryOf(e))
			if ok {
				text += layers.Hexdump(b) + "\n"
			}
			if err := printText(c.th, text); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}

// clockOf is the time of day and a space, nothing for no time.
func clockOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("15:04:05.000000") + " "
}

func wholeOf(v *packet) ([]byte, bool, error) {
	b, err := v.PyBytes()
	return b, true, err
}

// loadOf is the load of the packet's first layer of protocol p.
func loadOf(p *layers.Proto) func(v *packet) ([]byte, bool, error) {
	return func(v *packet) ([]byte, bool, error) {
		i := v.p.Index(p, 1, v.index())
		if i < 0 {
			return nil, false, nil
		}
		b, ok := layers.First(v.p.At(i).Value(0)).([]byte)
		return b, ok, nil
	}
}

// oddPadding is padding that is not the same byte again and again.
func oddPadding(v *packet) ([]byte, bool, error) {
	b, ok, err := loadOf(layers.Padding)(v)
	same := true
	for _, x := range b {
		same = same && x == b[0]
	}
	return b, ok && !same, err
}

// rawHexdump prints each packet's bytes alone.
func rawHexdump(c *call) (starlark.Value, error) {
	for i := range c.list.Len() {
		b, err := lastOf(c.list.Index(i)).PyBytes()
		if err != nil {
			return nil, err
		}
		if err := printLine(c.th, layers.Hexdump(b)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// listConversations counts the packets and bytes of each pair of ends.
func listConversations(c *call) (starlark.Value, error) {
	f, err := c.fn("getsrcdst")
	if err != nil {
		return nil, err
	}
	type talk struct {
		src, dst       string
		packets, bytes int
	}
	var talks []*talk
	by := map[[2]string]*talk{}
	for i := range c.list.Len() {
		v := lastOf(c.list.Index(i))
		src, dst, ok := endsOf(v)
		if f != nil {
			r, err := starlark.Call(c.th, f, starlark.Tuple{v}, nil)
			if err != nil {
				return nil, err
			}
			t, isPair := r.(starlark.Tuple)
			if ok = isPair && len(t) >= 2; ok {
				src, dst = pyStr(t[0]), pyStr(t[1])
			}
		}
		if !ok {
			continue
		}
		key := [2]string{src, dst}
		if by[key] == nil {
			by[key] = &talk{src: src, dst: dst}
			talks = append(talks, by[key])
		}
		n, err := v.PyLen()
		if err != nil {
			return nil, err
		}
		by[key].packets++
		by[key].bytes += n
	}
	rows := [][]string{{"From", "To", "Packets", "Bytes"}}
	for _, t := range talks {
		rows = append(rows, []string{t.src, t.dst, fmt.Sprint(t.packets), fmt.Sprint(t.bytes)})
	}
	return nil, printText(c.th, padTable(rows))
}

// endsOf are the addresses that a packet goes from and to: of IP, IPv6, ARP.
func endsOf(v *packet) (src, dst string, ok bool) {
	for _, e := range []struct {
		p        *layers.Proto
		src, dst string
	}{{layers.IP, "src", "dst"}, {layers.IPv6, "src", "dst"}, {layers.ARP, "psrc", "pdst"}, {layers.Ether, "src", "dst"}} {
		if i := v.p.Index(e.p, 1, v.index()); i >= 0 {
			at := v.p.At(i)
			return pyStr(fromGo(at.Value(e.p.Index(e.src)))), pyStr(fromGo(at.Value(e.p.Index(e.dst)))), true
		}
	}
	return "", "", false
}
