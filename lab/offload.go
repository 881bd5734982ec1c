package lab

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// offloads are the ethtool commands that clear a feature, in the order in which
// features depend on each other: segmentation needs scatter-gather and checksums.
var offloads = []struct {
	cmd  uint32 // linux/ethtool.h ETHTOOL_S…
	name string
}{
	{unix.ETHTOOL_SGRO, "generic-receive-offload"},
	{unix.ETHTOOL_STSO, "tcp-segmentation-offload"},
	{unix.ETHTOOL_SGSO, "generic-segmentation-offload"},
	{unix.ETHTOOL_SSG, "scatter-gather"},
	{unix.ETHTOOL_STXCSUM, "tx-checksumming"},
	{unix.ETHTOOL_SRXCSUM, "rx-checksumming"},
}

// offloadsOff makes an interface of the calling thread's namespace send real
// packets: no super-segment larger than the MTU, and a checksum in every packet
// that was computed before capture sees it.
func offloadsOff(iface string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open socket for ethtool: %w", err)
	}
	defer unix.Close(fd)
	for _, o := range offloads {
		// A driver without the feature cannot have it on.
		if err := ethtoolSet(fd, iface, o.cmd, 0); err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
			return fmt.Errorf("switch off %s: %w", o.name, err)
		}
	}
	return nil
}

// SetGRO switches generic receive offload of an interface of the calling thread's namespace, as
// `ethtool -K iface gro on` does. A veth end that has it polls (NAPI), and takes
// frames that XDP programs redirect to its peer.
func SetGRO(iface string, on bool) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open socket for ethtool: %w", err)
	}
	defer unix.Close(fd)
	value := uint32(0)
	if on {
		value = 1
	}
	if err := ethtoolSet(fd, iface, unix.ETHTOOL_SGRO, value); err != nil {
		return fmt.Errorf("switch generic-receive-offload of %s: %w", iface, err)
	}
	return nil
}

// ethtoolSet does one ETHTOOL_S… command that takes a struct ethtool_value
// (linux/ethtool.h) through the SIOCETHTOOL ioctl.
func ethtoolSet(fd int, iface string, cmd, data uint32) error {
	value := struct{ cmd, data uint32 }{cmd, data}
	var ifreq struct { // netdevice(7), the ifr_data member of the union
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}
	copy(ifreq.name[:unix.IFNAMSIZ-1], iface)
	ifreq.data = unsafe.Pointer(&value)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&ifreq))); errno != 0 {
		return errno
	}
	return nil
}
