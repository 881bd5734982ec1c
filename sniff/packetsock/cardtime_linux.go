package packetsock

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrNoCardTime is the lack of time stamps that an interface makes itself.
var ErrNoCardTime = errors.New("the interface makes no time stamps itself")

// askCardTime turns the card's time stamps on (SIOCSHWTSTAMP) and has the socket use
// them (packet(7), PACKET_TIMESTAMP). Frames without one keep the kernel's.
func askCardTime(fd, ifindex int) error {
	if ifindex == 0 {
		return fmt.Errorf("the card's time stamps are for one named interface: %w", unix.EINVAL)
	}
	name := interfaceName(fd, ifindex)
	cfg, err := unix.IoctlGetHwTstamp(fd, name) // what a PTP daemon has set for sending stays
	if err != nil {
		cfg = &unix.HwTstampConfig{}
	}
	cfg.Rx_filter = unix.HWTSTAMP_FILTER_ALL
	switch err := unix.IoctlSetHwTstamp(fd, name, cfg); {
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOTTY), errors.Is(err, unix.ERANGE):
		return fmt.Errorf("%w (%w); `ethtool -T` shows what it can do", ErrNoCardTime, err)
	case err != nil:
		return fmt.Errorf("turn on the card's time stamps: %w", err)
	}
	const flags = unix.SOF_TIMESTAMPING_RAW_HARDWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_TIMESTAMP, flags); err != nil {
		return fmt.Errorf("ask for the card's time stamps: %w", err)
	}
	return nil
}
