package lab

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// diagMsgID is the offset of struct inet_diag_sockid in struct inet_diag_msg, and
// diagMsgLen the size of the latter (linux/inet_diag.h).
const (
	diagMsgID  = 4
	diagIDLen  = 48
	diagMsgLen = 72
)

// diagRequest is struct inet_diag_req_v2 of linux/inet_diag.h.
type diagRequest struct {
	family uint8
	states uint32
	id     [diagIDLen]byte
}

func (r *diagRequest) Len() int { return 8 + diagIDLen }

func (r *diagRequest) Serialize() []byte {
	b := []byte{r.family, unix.IPPROTO_TCP, 0, 0}
	b = binary.NativeEndian.AppendUint32(b, r.states)
	return append(b, r.id[:]...)
}

// destroyTCP ends every TCP socket of the calling thread's namespace, including
// those that no process holds any more, by SOCK_DESTROY (sock_diag(7)). A kernel
// without CONFIG_INET_DIAG_DESTROY leaves them to their own timers.
func destroyTCP() error {
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		list := nl.NewNetlinkRequest(nl.SOCK_DIAG_BY_FAMILY, unix.NLM_F_DUMP)
		list.AddData(&diagRequest{family: family, states: ^uint32(0)})
		msgs, err := list.Execute(unix.NETLINK_INET_DIAG, 0)
		if err != nil {
			return fmt.Errorf("list TCP sockets: %w", err)
		}
		for _, m := range msgs {
			if len(m) < diagMsgLen {
				continue
			}
			kill := &diagRequest{family: m[0]}
			copy(kill.id[:], m[diagMsgID:]) // with its cookie: never a newer socket of the same name
			req := nl.NewNetlinkRequest(nl.SOCK_DESTROY, unix.NLM_F_ACK)
			req.AddData(kill)
			_, err := req.Execute(unix.NETLINK_INET_DIAG, 0)
			if err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EOPNOTSUPP) {
				return fmt.Errorf("end TCP socket: %w", err)
			}
		}
	}
	return nil
}
