// Package packetsock gives raw access to network interfaces: packet(7) sockets
// and memory-mapped rings for link-layer frames, raw(7) sockets for IP datagrams
// to this host itself. It knows bytes and interfaces, and nothing of protocols.
//
//   - [Ring] captures many frames: a TPACKET_V3 ring, no system call per frame.
//   - [Sock] receives few frames with little delay, and transmits frames, one at
//     a time or in batches.
//   - [XDPSock] and [LiveFrames] transmit faster than that, past the host's own
//     output path, and [Cloner] by way of it. All are [Transmitter]s or nearly so.
//   - [RawIP] sends IP datagrams by way of the kernel's own output path, which is
//     the only way to reach loopback and this host's own addresses.
//
// Everything opens in the network namespace that it is given, and sees nothing
// before it is bound: sockets are made with protocol 0 and filtered first.
//
// The kernel undoes everything when the process ends, however it ends: sockets,
// filters, rings, and promiscuous mode, which is a membership of the socket.
//
// Rights: but for [LiveFrames] and [Cloner], CAP_NET_RAW in the user namespace that owns the network namespace;
// errors that come from a lack of it satisfy errors.Is(err, os.ErrPermission).
package packetsock
