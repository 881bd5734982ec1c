package packetsock

import "golang.org/x/sys/unix"

// linkFacts are an interface's name, type, and the longest frame that it takes.
func linkFacts(ifindex int) (name string, hatype uint16, limit int, err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", 0, 0, err
	}
	defer unix.Close(fd)
	name = interfaceName(fd, ifindex)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return name, 0, 0, unix.ENODEV
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFMTU, ifr); err != nil {
		return name, 0, 0, err
	}
	limit = int(ifr.Uint32()) + etherHeader + vlanTagLen
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFHWADDR, ifr); err != nil {
		return name, 0, 0, err
	}
	return name, ifr.Uint16(), limit, nil
}

const etherHeader = 14
