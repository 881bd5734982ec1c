package packetsock

import (
	"context"
	"unsafe"

	"golang.org/x/sys/unix"
)

// SendStamped is Send of one frame, and the time at which the driver took it: nanoseconds since
// 1970, as Frame.Time; 0 where the driver does not tell it at once (timestamping.rst,
// SOF_TIMESTAMPING_TX_SOFTWARE). It costs a system call more than Send.
func (s *Sock) SendStamped(ctx context.Context, frame []byte) (at int64, err error) {
	if s.tx.headerless {
		return 0, s.Send(ctx, frame)
	}
	s.tx.Lock()
	if !s.tx.stamps {
		s.tx.stamps = true
		// Stamps alone come back, without the frames; which sends ask for one their control message says.
		_ = s.control(func(fd int) error {
			return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, unix.SOF_TIMESTAMPING_SOFTWARE|unix.SOF_TIMESTAMPING_OPT_TSONLY)
		})
	}
	for s.tx.late && s.stamp() != 0 { // those of earlier frames
	}
	control := askStamp()
	errno := error(unix.EAGAIN)
	err = s.control(func(fd int) error {
		_, errno = unix.SendmsgN(fd, frame, control, nil, unix.MSG_DONTWAIT)
		return nil
	})
	if err == nil && errno == nil {
		s.tx.sent.Add(1)
		at = s.stamp()
		s.tx.late = s.tx.late || at == 0
	}
	s.tx.Unlock()
	if err != nil || errno == nil {
		return at, err
	}
	return 0, s.Send(ctx, frame) // which waits for room, and explains
}

// askStamp is a control message that asks for a transmit time stamp.
func askStamp() []byte {
	b := make([]byte, unix.CmsgSpace(4))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.SOL_SOCKET, unix.SO_TIMESTAMPING
	h.SetLen(unix.CmsgLen(4))
	*(*uint32)(unsafe.Pointer(&b[unix.CmsgLen(0)])) = unix.SOF_TIMESTAMPING_TX_SOFTWARE
	return b
}

// stamp takes a time stamp from the socket's error queue, 0 if there is none.
func (s *Sock) stamp() (at int64) {
	_ = s.control(func(fd int) error {
		var control [256]byte
		var none [1]byte // without room for data x/sys asks for the socket's type as well
		_, n, _, _, err := unix.Recvmsg(fd, none[:], control[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
		if err != nil {
			return err
		}
		for rest := control[:n]; len(rest) >= unix.SizeofCmsghdr; {
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
		return nil
	})
	return at
}
