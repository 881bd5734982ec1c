package firewall

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"pktsh/internal/busy"
	"pktsh/internal/quick"
)

// courier adds and deletes single elements by messages that are written once and differ
// in the element's key only: a probe waits for it, and the netlink library takes as long again as the
// kernel's transaction does. A table with an owner takes changes from the owner's socket only, so
// that socket is shared with the library. Its user locks.
type courier struct {
	fd    syscall.RawConn
	reply [1024]byte
}

// socketBuffer is the room for a batch of intervals, and for the errors that may come of it.
const socketBuffer = 4 << 20

// share takes over the library's socket, as an option of it.
func (c *courier) share(conn *netlink.Conn) (err error) {
	if c.fd, err = conn.SyscallConn(); err != nil {
		return err
	}
	return errors.Join(conn.SetWriteBuffer(socketBuffer), conn.SetReadBuffer(socketBuffer))
}

// send has the kernel add or delete a connection's element. It has when send returns: the kernel works on the
// batch in send(2), and leaves nothing to be read but errors (nfnetlink_rcv_batch).
func (c *courier) send(b *elementBatch, t Tuple) error {
	copy(b.key, t.key())
	var err error
	if cerr := c.fd.Control(func(fd uintptr) { err = c.exchange(int(fd), b.message) }); cerr != nil {
		return cerr
	}
	return err
}

func (c *courier) exchange(fd int, batch []byte) error {
	return busy.Retry(func() error {
		if err := quick.Send(fd, batch); err != nil {
			return err
		}
		var failed error
		for {
			n, err := quick.Recv(fd, c.reply[:])
			switch {
			case err == unix.EAGAIN:
				return failed
			case err != nil:
				return err
			case failed == nil:
				failed = errorIn(c.reply[:n])
			}
		}
	})
}

// errorIn is the error in a reply of the kernel, nil for an acknowledgement.
func errorIn(b []byte) error {
	const size = unix.SizeofNlMsghdr + 4
	if len(b) < size || binary.NativeEndian.Uint16(b[4:]) != unix.NLMSG_ERROR {
		return fmt.Errorf("netlink: got %d bytes that are no error message", len(b))
	}
	if errno := -int32(binary.NativeEndian.Uint32(b[unix.SizeofNlMsghdr:])); errno != 0 {
		return unix.Errno(errno)
	}
	return nil
}

// elementBatch is a transaction with one element of a set.
type elementBatch struct {
	message []byte
	key     []byte // the element's, in message
}

// newElementBatch writes NFT_MSG_NEWSETELEM or NFT_MSG_DELSETELEM.
func newElementBatch(msgType uint16, table, set string, keyLen int) elementBatch {
	var m nlWriter
	m.header(unix.NFNL_MSG_BATCH_BEGIN, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES)
	m.end()
	m.header(unix.NFNL_SUBSYS_NFTABLES<<8|msgType, unix.NFPROTO_INET, 0)
	m.attr(unix.NFTA_SET_ELEM_LIST_TABLE, append([]byte(table), 0))
	m.attr(unix.NFTA_SET_ELEM_LIST_SET, append([]byte(set), 0))
	const head = unix.SizeofNlAttr
	size := 4*head + keyLen
	for _, t := range []uint16{unix.NFTA_SET_ELEM_LIST_ELEMENTS, unix.NFTA_LIST_ELEM, unix.NFTA_SET_ELEM_KEY} {
		m.attrHeader(t|unix.NLA_F_NESTED, size)
		size -= head
	}
	m.attr(unix.NFTA_DATA_VALUE, make([]byte, keyLen))
	at := len(m.b) - keyLen
	m.end()
	m.header(unix.NFNL_MSG_BATCH_END, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES)
	m.end()
	return elementBatch{m.b, m.b[at : at+keyLen]}
}

// nlWriter writes netlink messages.
type nlWriter struct {
	b     []byte
	start int // of the message at work
}

// header begins a message: struct nlmsghdr, whose sequence number and port nobody looks at, and struct nfgenmsg.
func (m *nlWriter) header(msgType uint16, family byte, resource uint16) {
	m.start = len(m.b)
	m.b = append(m.b, 0, 0, 0, 0)
	m.b = binary.NativeEndian.AppendUint16(m.b, msgType)
	m.b = binary.NativeEndian.AppendUint16(m.b, unix.NLM_F_REQUEST|unix.NLM_F_CREATE)
	m.b = append(m.b, make([]byte, 8)...)
	m.b = append(m.b, family, unix.NFNETLINK_V0)
	m.b = binary.BigEndian.AppendUint16(m.b, resource)
}

// end writes the message's length.
func (m *nlWriter) end() {
	binary.NativeEndian.PutUint32(m.b[m.start:], uint32(len(m.b)-m.start))
}

func (m *nlWriter) attrHeader(t uint16, size int) {
	m.b = binary.NativeEndian.AppendUint16(m.b, uint16(size))
	m.b = binary.NativeEndian.AppendUint16(m.b, t)
}

// attr writes an attribute, which ends at a multiple of four bytes (NLA_ALIGNTO).
func (m *nlWriter) attr(t uint16, v []byte) {
	m.attrHeader(t, unix.SizeofNlAttr+len(v))
	m.b = append(m.b, v...)
	for len(m.b)%4 != 0 {
		m.b = append(m.b, 0)
	}
}
