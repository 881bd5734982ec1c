// Package firewall is the guard that keeps this host's kernel from answering for
// connections that only the program knows.
//
// When a crafted SYN is answered by a SYN-ACK, the kernel has no socket for it and
// sends a RST (RFC 9293 §3.10.7.1), which ends the experiment at the far side. A
// Guard drops exactly those RSTs, in the output hook of one nftables table:
//
//	table inet pktsh-4711-1 {
//	  flags owner
//	  set flow4  { type ipv4_addr . inet_service . ipv4_addr . inet_service; counter }
//	  set range4 { same type; flags interval }                # and the IPv6 twins
//	  chain output {
//	    type filter hook output priority raw
//	    tcp flags & rst != 0, meta mark != 0x706b7473: jump rst
//	  }
//	  chain rst {
//	    ip saddr . tcp sport . ip daddr . tcp dport @flow4 counter drop
//	    …                                                     # and @range4, @flow6, @range6
//	  }
//	}
//
// The owner flag ties the table to a netlink socket of this process: the kernel
// removes it when the process ends, even by SIGKILL, and refuses to let anybody else
// change it (Linux 5.12, nf_tables_api.c nft_rcv_nl_event). The raw priority is
// before connection tracking, so that a dropped RST does not close the entry of the
// connection it was for.
//
// RSTs that the program sends itself carry Mark and pass. So does every other RST.
package firewall
