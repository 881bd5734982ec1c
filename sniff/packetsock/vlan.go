package packetsock

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

const (
	vlanTagLen  = 4
	vlanOffset  = 12               // behind the two addresses (IEEE 802.1Q-2018, 9.3)
	vlanDefault = unix.ETH_P_8021Q // for kernels that do not tell the TPID
)

// restoreTag puts the VLAN tag that the kernel (or the card) took off a frame and
// keeps in its metadata back into it. room is the frame with vlanTagLen spare bytes in front,
// status, tci and tpid are what the kernel tells beside it (struct tpacket_auxdata, tpacket3_hdr).
// A frame cut so short that it has no place for a tag is left alone.
func (f *Frame) restoreTag(room []byte, status uint32, tci, tpid uint16) {
	if status&unix.TP_STATUS_VLAN_VALID == 0 || len(room) < vlanTagLen+vlanOffset {
		return
	}
	if status&unix.TP_STATUS_VLAN_TPID_VALID == 0 {
		tpid = vlanDefault
	}
	copy(room, room[vlanTagLen:vlanTagLen+vlanOffset])
	binary.BigEndian.PutUint16(room[vlanOffset:], tpid)
	binary.BigEndian.PutUint16(room[vlanOffset+2:], tci)
	f.Data = room
	f.WireLen += vlanTagLen
}
