package packetsock

import (
	"context"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/internal/quick"
)

// txStamp is what sendmsg(2) works on where a transmit time stamp is asked for, and recvmsg(2) where it is fetched.
type txStamp struct {
	asked   bool // stamps are switched on
	late    bool // one was not there at once
	msg     unix.Msghdr
	iov     unix.Iovec
	control [256]byte
}

// prepare makes the message carry frame and ask for a stamp (timestamping.rst, SOF_TIMESTAMPING_TX_SOFTWARE).
func (t *txStamp) prepare(frame []byte) {
	t.iov.Base = unsafe.SliceData(frame)
	t.iov.SetLen(len(frame))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&t.control[0]))
	h.Level, h.Type = unix.SOL_SOCKET, unix.SO_TIMESTAMPING
	h.SetLen(unix.CmsgLen(4))
	*(*uint32)(unsafe.Pointer(&t.control[unix.CmsgLen(0)])) = unix.SOF_TIMESTAMPING_TX_SOFTWARE
	t.msg = unix.Msghdr{Iov: &t.iov, Control: &t.control[0]}
	t.msg.SetIovlen(1)
	t.msg.SetControllen(unix.CmsgSpace(4))
}

// fetch takes a time stamp from the socket's error queue, 0 if there is none.
func (t *txStamp) fetch(fd int) (at int64) {
	t.msg = unix.Msghdr{Control: &t.control[0]}
	t.msg.SetControllen(len(t.control))
	if _, err := quick.RecvMsg(fd, &t.msg, unix.MSG_ERRQUEUE); err != nil {
		return 0
	}
	for rest := t.control[:t.msg.Controllen]; len(rest) >= unix.SizeofCmsghdr; {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&rest[0]))
		if int(h.Len) < unix.SizeofCmsghdr || int(h.Len) > len(rest) {
			break
		}
		// struct scm_timestamping: three times, the first by software.
		if data := rest[unix.CmsgLen(0):h.Len]; h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPING && len(data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			at = (*unix.Timespec)(unsafe.Pointer(&data[0])).Nano()
		}
		rest = rest[min(len(rest), cmsgAlign(int(h.Len))):]
	}
	return at
}

// SendStamped is Send of one frame, and the time at which the driver took it: nanoseconds since
// 1970, as Frame.Time; 0 where the driver does not tell it at once. It costs a system call more than Send.
func (s *Sock) SendStamped(ctx context.Context, frame []byte) (at int64, err error) {
	if s.tx.headerless {
		return 0, s.Send(ctx, frame)
	}
	s.tx.Lock()
	err = s.control(func(fd int) error {
		t := &s.tx.stamp
		if !t.asked {
			t.asked = true
			// Stamps alone come back, without the frames; which sends ask for one their control message says.
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, unix.SOF_TIMESTAMPING_SOFTWARE|unix.SOF_TIMESTAMPING_OPT_TSONLY)
		}
		for t.late && t.fetch(fd) != 0 { // those of earlier frames
		}
		t.prepare(frame)
		err := quick.SendMsg(fd, &t.msg)
		t.iov.Base = nil
		if err == nil {
			s.tx.sent.Add(1)
			at = t.fetch(fd)
			t.late = t.late || at == 0
		}
		return err
	})
	s.tx.Unlock()
	if _, refused := err.(unix.Errno); refused {
		return 0, s.Send(ctx, frame) // which waits for room, and explains
	}
	return at, err
}
