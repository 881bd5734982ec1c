package packetsock

import (
	"context"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// RawIPConfig says how a RawIP sends.
type RawIPConfig struct {
	NS     *netns.NS // where; nil: the process's own
	IPv6   bool      // family
	Device string    // send by this interface only (SO_BINDTODEVICE). Optional.
	Mark   uint32    // SO_MARK, for routing rules and the host's firewall; 0: none. Optional.
}

// A RawIP sends IP datagrams, header included, through the kernel's output path
// (raw(7), IP_HDRINCL; RFC 3542 for IPv6). It receives nothing.
//
// For IPv4 the kernel fills in the checksum and the total length always, and the
// identification and source address where they are zero; for IPv6 it sends what it is given.
// It is safe for concurrent use.
type RawIP struct {
	*descriptor
	cfg RawIPConfig
}

// OpenRawIP opens a raw socket for one family.
func OpenRawIP(cfg RawIPConfig) (*RawIP, error) {
	family, what := unix.AF_INET, "open raw IPv4 socket"
	if cfg.IPv6 {
		family, what = unix.AF_INET6, "open raw IPv6 socket"
	}
	var fd int
	err := cfg.NS.Do(func() (err error) {
		// IPPROTO_RAW implies IP_HDRINCL for both families, and receives nothing.
		fd, err = unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
		return err
	})
	if err != nil {
		return nil, explain(what, -1, 0, err)
	}
	if err := cfg.apply(fd); err != nil {
		unix.Close(fd)
		return nil, explain(what, -1, 0, err)
	}
	d, err := newDescriptor(fd, "raw socket")
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &RawIP{d, cfg}, nil
}

func (cfg RawIPConfig) apply(fd int) error {
	if cfg.Mark != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(cfg.Mark)); err != nil {
			return fmt.Errorf("mark packets: %w", err)
		}
	}
	if cfg.Device != "" {
		if err := unix.BindToDevice(fd, cfg.Device); err != nil {
			return fmt.Errorf("bind to %s: %w", cfg.Device, err)
		}
	}
	if !cfg.IPv6 {
		// Broadcast addresses are refused without.
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
	}
	return nil
}

// Send sends one datagram towards dst, which is where the kernel routes it: its
// own destination field may say something else. A zone in dst is an interface's index in
// decimal. A full buffer is waited for.
func (r *RawIP) Send(ctx context.Context, dst netip.Addr, datagram []byte) error {
	var sa unix.Sockaddr
	if r.cfg.IPv6 {
		var zone uint32
		if z := dst.Zone(); z != "" {
			if _, err := fmt.Sscan(z, &zone); err != nil {
				return fmt.Errorf("send to %s: got zone %q, want an interface's index", dst, z)
			}
		}
		sa = &unix.SockaddrInet6{Addr: dst.As16(), ZoneId: zone}
	} else {
		if !dst.Unmap().Is4() {
			return fmt.Errorf("send to %s: got an IPv6 address on an IPv4 socket", dst)
		}
		sa = &unix.SockaddrInet4{Addr: dst.Unmap().As4()}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	explain := func(op string, err error) error { return explain(op+" to "+dst.String(), -1, 0, err) }
	for full := (patience{}); ; {
		switch err := r.control(func(fd int) error { return unix.Sendto(fd, datagram, unix.MSG_DONTWAIT, sa) }); err {
		case nil:
			return nil
		case unix.ENOBUFS, unix.EAGAIN:
			if err := full.wait(ctx, explain); err != nil {
				return err
			}
		case unix.EMSGSIZE:
			return fmt.Errorf("%w: the datagram has %d bytes", explain("send", err), len(datagram))
		default:
			return explain("send", err)
		}
	}
}

// Close makes Send fail with os.ErrClosed. It does not wait.
func (r *RawIP) Close() error { return r.close() }
