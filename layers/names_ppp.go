package layers

// pppProtos names PPP protocol numbers (the IANA registry "PPP DLL Protocol Numbers").
var pppProtos = &Enum{text: `
0x1 Padding Protocol
0x3 ROHC small-CID [RFC3095]
0x5 ROHC large-CID [RFC3095]
0x21 Internet Protocol version 4
0x23 OSI Network Layer
0x25 Xerox NS IDP
0x27 DECnet Phase IV
0x29 Appletalk
0x2b Novell IPX
0x2d Van Jacobson Compressed TCP/IP
0x2f Van Jacobson Uncompressed TCP/IP
0x31 Bridging PDU
0x33 Stream Protocol (ST-II)
0x35 Banyan Vines
0x37 reserved (until 1993) [Typo in RFC1172]
0x39 AppleTalk EDDP
0x3b AppleTalk SmartBuffered
0x3d Multi-Link [RFC1717]
0x3f NETBIOS Framing
0x41 Cisco Systems
0x43 Ascom Timeplex
0x45 Fujitsu Link Backup and Load Balancing (LBLB)
0x47 DCA Remote Lan
0x49 Serial Data Transport Protocol (PPP-SDTP)
0x4b SNA over 802.2
0x4d SNA
0x4f IPv6 Header Compression
0x51 KNX Bridging Data [ianp]
0x53 Encryption [Meyer]
0x55 Individual Link Encryption [Meyer]
0x57 Internet Protocol version 6 [Hinden]
0x59 PPP Muxing [RFC3153]
0x5b Vendor-Specific Network Protocol (VSNP) [RFC3772]
0x61 RTP IPHC Full Header [RFC3544]
0x63 RTP IPHC Compressed TCP [RFC3544]
0x65 RTP IPHC Compressed Non TCP [RFC3544]
0x67 RTP IPHC Compressed UDP 8 [RFC3544]
0x69 RTP IPHC Compressed RTP 8 [RFC3544]
0x6f Stampede Bridging
0x71 Reserved [Fox]
0x73 MP+ Protocol [Smith]
0x7d reserved (Control Escape) [RFC1661]
0x7f reserved (compression inefficient [RFC1662]
0x81 Reserved Until 20-Oct-2000 [IANA]
0x83 Reserved Until 20-Oct-2000 [IANA]
0xc1 NTCITS IPI [Ungar]
0xcf reserved (PPP NLID)
0xfb single link compression in multilink [RFC1962]
0xfd compressed datagram [RFC1962]
0xff reserved (compression inefficient)
0x201 802.1d Hello Packets
0x203 IBM Source Routing BPDU
0x205 DEC LANBridge100 Spanning Tree
0x207 Cisco Discovery Protocol [Sastry]
0x209 Netcs Twin Routing [Korfmacher]
0x20b STP - Scheduled Transfer Protocol [Segal]
0x20d EDP - Extreme Discovery Protocol [Grosser]
0x211 Optical Supervisory Channel Protocol (OSCP)[Prasad]
0x213 Optical Supervisory Channel Protocol (OSCP)[Prasad]
0x231 Luxcom
0x233 Sigma Network Systems
0x235 Apple Client Server Protocol [Ridenour]
0x281 MPLS Unicast [RFC3032]  
0x283 MPLS Multicast [RFC3032]
0x285 IEEE p1284.4 standard - data packets [Batchelder]
0x287 ETSI TETRA Network Protocol Type 1 [Nieminen]
0x289 Multichannel Flow Treatment Protocol [McCann]
0x2063 RTP IPHC Compressed TCP No Delta [RFC3544]
0x2065 RTP IPHC Context State [RFC3544]
0x2067 RTP IPHC Compressed UDP 16 [RFC3544]
0x2069 RTP IPHC Compressed RTP 16 [RFC3544]
0x4001 Cray Communications Control Protocol [Stage]
0x4003 CDPD Mobile Network Registration Protocol [Quick]
0x4005 Expand accelerator protocol [Rachmani]
0x4007 ODSICP NCP [Arvind]
0x4009 DOCSIS DLL [Gaedtke]
0x400b Cetacean Network Detection Protocol [Siller]
0x4021 Stacker LZS [Simpson]
0x4023 RefTek Protocol [Banfill]
0x4025 Fibre Channel [Rajagopal]
0x4027 EMIT Protocols [Eastham]
0x405b Vendor-Specific Protocol (VSP) [RFC3772]
0x8021 Internet Protocol Control Protocol
0x8023 OSI Network Layer Control Protocol
0x8025 Xerox NS IDP Control Protocol
0x8027 DECnet Phase IV Control Protocol
0x8029 Appletalk Control Protocol
0x802b Novell IPX Control Protocol
0x802d reserved
0x802f reserved
0x8031 Bridging NCP
0x8033 Stream Protocol Control Protocol
0x8035 Banyan Vines Control Protocol
0x8037 reserved (until 1993)
0x8039 reserved
0x803b reserved
0x803d Multi-Link Control Protocol
0x803f NETBIOS Framing Control Protocol
0x8041 Cisco Systems Control Protocol
0x8043 Ascom Timeplex
0x8045 Fujitsu LBLB Control Protocol
0x8047 DCA Remote Lan Network Control Protocol (RLNCP)
0x8049 Serial Data Control Protocol (PPP-SDCP)
0x804b SNA over 802.2 Control Protocol
0x804d SNA Control Protocol
0x804f IP6 Header Compression Control Protocol
0x8051 KNX Bridging Control Protocol [ianp]
0x8053 Encryption Control Protocol [Meyer]
0x8055 Individual Link Encryption Control Protocol [Meyer]
0x8057 IPv6 Control Protovol [Hinden]
0x8059 PPP Muxing Control Protocol [RFC3153]
0x805b Vendor-Specific Network Control Protocol (VSNCP) [RFC3772]
0x806f Stampede Bridging Control Protocol
0x8071 Reserved [Fox]
0x8073 MP+ Control Protocol [Smith]
0x807d Not Used - reserved [RFC1661]
0x8081 Reserved Until 20-Oct-2000 [IANA]
0x8083 Reserved Until 20-Oct-2000 [IANA]
0x80c1 NTCITS IPI Control Protocol [Ungar]
0x80cf Not Used - reserved [RFC1661]
0x80fb single link compression in multilink control [RFC1962]
0x80fd Compression Control Protocol [RFC1962]
0x80ff Not Used - reserved [RFC1661]
0x8207 Cisco Discovery Protocol Control [Sastry]
0x8209 Netcs Twin Routing [Korfmacher]
0x820b STP - Control Protocol [Segal]
0x820d EDPCP - Extreme Discovery Protocol Ctrl Prtcl [Grosser]
0x8235 Apple Client Server Protocol Control [Ridenour]
0x8281 MPLSCP [RFC3032]
0x8285 IEEE p1284.4 standard - Protocol Control [Batchelder]
0x8287 ETSI TETRA TNP1 Control Protocol [Nieminen]
0x8289 Multichannel Flow Treatment Protocol [McCann]
0xc021 Link Control Protocol
0xc023 Password Authentication Protocol
0xc025 Link Quality Report
0xc027 Shiva Password Authentication Protocol
0xc029 CallBack Control Protocol (CBCP)
0xc02b BACP Bandwidth Allocation Control Protocol [RFC2125]
0xc02d BAP [RFC2125]
0xc05b Vendor-Specific Authentication Protocol (VSAP) [RFC3772]
0xc081 Container Control Protocol [KEN]
0xc223 Challenge Handshake Authentication Protocol
0xc225 RSA Authentication Protocol [Narayana]
0xc227 Extensible Authentication Protocol [RFC2284]
0xc229 Mitsubishi Security Info Exch Ptcl (SIEP) [Seno]
0xc26f Stampede Bridging Authorization Protocol
0xc281 Proprietary Authentication Protocol [KEN]
0xc283 Proprietary Authentication Protocol [Tackabury]
0xc481 Proprietary Node ID Authentication Protocol [KEN]
`}
