package route

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/internal/busy"
	"pktsh/internal/quick"
)

// conn asks the kernel single questions over rtnetlink(7), for those that come once
// a packet: the netlink library takes a fresh 64 KiB buffer for every reply.
type conn struct {
	fd int

	mu    sync.Mutex
	seq   uint32
	out   []byte
	reply []byte
}

// patience bounds the wait for the kernel's reply, which comes at once.
const patience = 5 * time.Second

// dialNetlink opens a conn in the namespace of the calling thread.
func dialNetlink() (*conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	tv := unix.NsecToTimeval(patience.Nanoseconds())
	if err := errors.Join(
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv),
		// Errors come without a copy of the question (netlink(7)).
		unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1),
	); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &conn{fd: fd, reply: make([]byte, 16<<10)}, nil
}

func (c *conn) close() { unix.Close(c.fd) }

// ask sends one message, whose header it makes, and gives the payload of the kernel's reply to
// read; nil for a bare acknowledgement. The error is the kernel's errno. A busy kernel is asked again.
func (c *conn) ask(msgType, flags uint16, body func(m *message), read func(payload []byte)) error {
	return busy.Retry(func() error { return c.once(msgType, flags, body, read) })
}

func (c *conn) once(msgType, flags uint16, body func(m *message), read func(payload []byte)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	m := message{append(c.out[:0], make([]byte, unix.SizeofNlMsghdr)...)}
	body(&m)
	c.out = m.b
	binary.NativeEndian.PutUint32(m.b[0:], uint32(len(m.b)))
	binary.NativeEndian.PutUint16(m.b[4:], msgType)
	binary.NativeEndian.PutUint16(m.b[6:], flags|unix.NLM_F_REQUEST)
	binary.NativeEndian.PutUint32(m.b[8:], c.seq)
	// The kernel replies before send returns, and takes no lock for the questions that come once a packet
	// (RTNL_FLAG_DOIT_UNLOCKED; for neighbours since Linux 6.17, before that it may wait for somebody who changes something).
	if err := quick.Send(c.fd, m.b); err != nil {
		return err
	}
	for {
		n, err := quick.Recv(c.fd, c.reply)
		if err == unix.EAGAIN {
			n, err = unix.Read(c.fd, c.reply)
		}
		switch err {
		case nil:
		case unix.EINTR:
			continue
		case unix.EAGAIN: // SO_RCVTIMEO
			return fmt.Errorf("the kernel has not answered for %s: %w", patience, os.ErrDeadlineExceeded)
		default:
			return err
		}
		// A reply to a question that was given up may still come first.
		if got := c.reply[:n]; n >= unix.SizeofNlMsghdr && binary.NativeEndian.Uint32(got[8:]) == c.seq {
			return deliver(got, read)
		}
	}
}

func deliver(got []byte, read func([]byte)) error {
	size := int(binary.NativeEndian.Uint32(got))
	if size < unix.SizeofNlMsghdr || size > len(got) {
		return fmt.Errorf("netlink: reply of %d bytes says it has %d", len(got), size)
	}
	payload := got[unix.SizeofNlMsghdr:size]
	if binary.NativeEndian.Uint16(got[4:]) != unix.NLMSG_ERROR {
		if read != nil {
			read(payload)
		}
		return nil
	}
	if len(payload) >= 4 {
		if errno := -int32(binary.NativeEndian.Uint32(payload)); errno != 0 {
			return unix.Errno(errno)
		}
	}
	return nil
}

// message is a netlink message being written. Attributes are aligned to four
// bytes (NLA_ALIGNTO).
type message struct{ b []byte }

func (m *message) raw(b ...byte)   { m.b = append(m.b, b...) }
func (m *message) uint16(v uint16) { m.b = binary.NativeEndian.AppendUint16(m.b, v) }
func (m *message) uint32(v uint32) { m.b = binary.NativeEndian.AppendUint32(m.b, v) }
func (m *message) attr32(t uint16, v uint32) {
	m.uint16(unix.SizeofNlAttr + 4)
	m.uint16(t)
	m.uint32(v)
}

func (m *message) attr(t uint16, v []byte) {
	m.uint16(uint16(unix.SizeofNlAttr + len(v)))
	m.uint16(t)
	m.raw(v...)
	for len(m.b)%4 != 0 {
		m.raw(0)
	}
}

// eachAttr walks the attributes in b; what does not parse ends the walk.
func eachAttr(b []byte, f func(t uint16, v []byte)) {
	for len(b) >= unix.SizeofNlAttr {
		n := int(binary.NativeEndian.Uint16(b))
		if n < unix.SizeofNlAttr || n > len(b) {
			return
		}
		f(binary.NativeEndian.Uint16(b[2:])&^(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER), b[unix.SizeofNlAttr:n])
		b = b[min(len(b), (n+3)&^3):]
	}
}
