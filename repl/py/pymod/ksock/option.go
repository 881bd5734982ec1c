package ksock

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// SetOpt sets an option of an integer's or of raw bytes' value, in host order.
func (s *Socket) SetOpt(level, opt int, v []byte) error {
	if s.isLinger(level, opt) && len(v) >= 8 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.linger = unix.Linger{
			Onoff:  int32(binary.NativeEndian.Uint32(v)),
			Linger: int32(binary.NativeEndian.Uint32(v[4:])),
		}
		return nil // takes effect when the socket is closed
	}
	return s.control(func(fd int) error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptString(fd, level, opt, string(v)))
	})
}

func (s *Socket) isLinger(level, opt int) bool {
	return s.typ == unix.SOCK_STREAM && level == unix.SOL_SOCKET && opt == unix.SO_LINGER
}

// GetOpt reads an option of an integer's value.
func (s *Socket) GetOpt(level, opt int) (n int, err error) {
	err = s.control(func(fd int) (err error) {
		n, err = unix.GetsockoptInt(fd, level, opt)
		return os.NewSyscallError("getsockopt", err)
	})
	return n, err
}

// GetOptBytes reads an option of at most n bytes, such as TCP_INFO.
func (s *Socket) GetOptBytes(level, opt, n int) ([]byte, error) {
	if n <= 0 || n > 1024 { // sock_getsockopt of Python's Modules/socketmodule.c
		return nil, fmt.Errorf("read socket option: got a buffer of %d bytes, want 1..1024", n)
	}
	if s.isLinger(level, opt) {
		s.mu.Lock()
		defer s.mu.Unlock()
		b := binary.NativeEndian.AppendUint32(nil, uint32(s.linger.Onoff))
		b = binary.NativeEndian.AppendUint32(b, uint32(s.linger.Linger))
		return b[:min(n, len(b))], nil
	}
	b := make([]byte, n)
	size := uint32(n)
	err := s.control(func(fd int) error {
		// x/sys/unix has no getsockopt(2) that fills a buffer of any size.
		_, _, e := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(opt),
			uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&size)), 0)
		if e != 0 {
			return os.NewSyscallError("getsockopt", e)
		}
		return nil
	})
	return b[:min(int(size), n)], err
}

// Name is the socket's own address.
func (s *Socket) Name() (a netip.AddrPort, err error) {
	err = s.control(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		a = addrPort(sa)
		return os.NewSyscallError("getsockname", err)
	})
	return a, err
}

// Peer is the address at the other end.
func (s *Socket) Peer() (a netip.AddrPort, err error) {
	err = s.control(func(fd int) error {
		sa, err := unix.Getpeername(fd)
		a = addrPort(sa)
		return os.NewSyscallError("getpeername", err)
	})
	return a, err
}

// sockaddr is a for this socket's family. An IPv6 socket takes IPv4 addresses
// as ::ffff:a.b.c.d; a zone is an interface's name or number.
func (s *Socket) sockaddr(a netip.AddrPort) (unix.Sockaddr, error) {
	ip := a.Addr()
	if !ip.IsValid() {
		return nil, fmt.Errorf("use address %v: not an address: %w", a, unix.EINVAL)
	}
	if s.family == unix.AF_INET6 {
		zone, err := s.zone(ip.Zone())
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: ip.As16(), ZoneId: zone}, err
	}
	ip = ip.Unmap()
	if !ip.Is4() {
		return nil, fmt.Errorf("use address %v: the socket is IPv4: %w", a, unix.EAFNOSUPPORT)
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: ip.As4()}, nil
}

// zone is the number of an interface in the socket's namespace.
func (s *Socket) zone(name string) (uint32, error) {
	if name == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(name, 10, 32); err == nil {
		return uint32(n), nil
	}
	var index int
	err := s.ns.Do(func() error {
		i, err := net.InterfaceByName(name)
		if err == nil {
			index = i.Index
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find interface %q: %w", name, err)
	}
	return uint32(index), nil
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.ZoneId), 10))
		}
		return netip.AddrPortFrom(ip, uint16(sa.Port))
	}
	return netip.AddrPort{}
}
