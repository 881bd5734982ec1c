package layers

// Names of IKEv2 (the IANA registry "Internet Key Exchange Version 2 (IKEv2) Parameters").

var (
	ikeExchanges = &Enum{text: `34 IKE_SA_INIT
35 IKE_AUTH
36 CREATE_CHILD_SA
37 INFORMATIONAL
38 IKE_SESSION_RESUME
`}
	ikePayloads = &Enum{text: `0 None
2 Proposal
3 Transform
33 SA
34 KE
35 IDi
36 IDr
37 CERT
38 CERTREQ
39 AUTH
40 Nonce
41 Notify
42 Delete
43 VendorID
44 TSi
45 TSr
46 Encrypted
47 CP
48 EAP
53 Encrypted_Fragment
`}
	ikeTransforms = &Enum{text: `1 Encryption
2 PRF
3 Integrity
4 GroupDesc
5 Extended Sequence Number
`}
	ikeAuthTypes = &Enum{text: `0 Reserved
1 RSA Digital Signature
2 Shared Key Message Integrity Code
3 DSS Digital Signature
9 ECDSA with SHA-256 on the P-256 curve
10 ECDSA with SHA-384 on the P-384 curve
11 ECDSA with SHA-512 on the P-521 curve
12 Generic Secure Password Authentication Method
13 NULL Authentication
14 Digital Signature
`}
	ikeNotify = &Enum{text: `1 UNSUPPORTED_CRITICAL_PAYLOAD
4 INVALID_IKE_SPI
5 INVALID_MAJOR_VERSION
7 INVALID_SYNTAX
9 INVALID_MESSAGE_ID
11 INVALID_SPI
14 NO_PROPOSAL_CHOSEN
17 INVALID_KE_PAYLOAD
24 AUTHENTICATION_FAILED
34 SINGLE_PAIR_REQUIRED
35 NO_ADDITIONAL_SAS
36 INTERNAL_ADDRESS_FAILURE
37 FAILED_CP_REQUIRED
38 TS_UNACCEPTABLE
39 INVALID_SELECTORS
40 UNACCEPTABLE_ADDRESSES
41 UNEXPECTED_NAT_DETECTED
42 USE_ASSIGNED_HoA
43 TEMPORARY_FAILURE
44 CHILD_SA_NOT_FOUND
45 INVALID_GROUP_ID
46 AUTHORIZATION_FAILED
16384 INITIAL_CONTACT
16385 SET_WINDOW_SIZE
16386 ADDITIONAL_TS_POSSIBLE
16387 IPCOMP_SUPPORTED
16388 NAT_DETECTION_SOURCE_IP
16389 NAT_DETECTION_DESTINATION_IP
16390 COOKIE
16391 USE_TRANSPORT_MODE
16392 HTTP_CERT_LOOKUP_SUPPORTED
16393 REKEY_SA
16394 ESP_TFC_PADDING_NOT_SUPPORTED
16395 NON_FIRST_FRAGMENTS_ALSO
16396 MOBIKE_SUPPORTED
16397 ADDITIONAL_IP4_ADDRESS
16398 ADDITIONAL_IP6_ADDRESS
16399 NO_ADDITIONAL_ADDRESSES
16400 UPDATE_SA_ADDRESSES
16401 COOKIE2
16402 NO_NATS_ALLOWED
16403 AUTH_LIFETIME
16404 MULTIPLE_AUTH_SUPPORTED
16405 ANOTHER_AUTH_FOLLOWS
16406 REDIRECT_SUPPORTED
16407 REDIRECT
16408 REDIRECTED_FROM
16409 TICKET_LT_OPAQUE
16410 TICKET_REQUEST
16411 TICKET_ACK
16412 TICKET_NACK
16413 TICKET_OPAQUE
16414 LINK_ID
16415 USE_WESP_MODE
16416 ROHC_SUPPORTED
16417 EAP_ONLY_AUTHENTICATION
16418 CHILDLESS_IKEV2_SUPPORTED
16419 QUICK_CRASH_DETECTION
16420 IKEV2_MESSAGE_ID_SYNC_SUPPORTED
16421 IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED
16422 IKEV2_MESSAGE_ID_SYNC
16423 IPSEC_REPLAY_COUNTER_SYNC
16424 SECURE_PASSWORD_METHODS
16425 PSK_PERSIST
16426 PSK_CONFIRM
16427 ERX_SUPPORTED
16428 IFOM_CAPABILITY
16429 SENDER_REQUEST_ID
16430 IKEV2_FRAGMENTATION_SUPPORTED
16431 SIGNATURE_HASH_ALGORITHMS
16432 CLONE_IKE_SA_SUPPORTED
16433 CLONE_IKE_SA
`}
	ikeCertificates = &Enum{text: `1 PKCS #7 wrapped X.509 certificate
2 PGP Certificate
3 DNS Signed Key
4 X.509 Certificate - Signature
6 Kerberos Token
7 Certificate Revocation List (CRL)
8 Authority Revocation List (ARL)
9 SPKI Certificate
10 X.509 Certificate - Attribute
11 Raw RSA Key
12 Hash and URL of X.509 certificate
13 Hash and URL of X.509 bundle
`}
	ikeSelectors = &Enum{text: `7 TS_IPV4_ADDR_RANGE
8 TS_IPV6_ADDR_RANGE
9 TS_FC_ADDR_RANGE
`}
	ikeConfigTypes = &Enum{text: `1 CFG_REQUEST
2 CFG_REPLY
3 CFG_SET
4 CFG_ACK
`}
	ikeConfigAttributes = &Enum{text: `1 INTERNAL_IP4_ADDRESS
2 INTERNAL_IP4_NETMASK
3 INTERNAL_IP4_DNS
4 INTERNAL_IP4_NBNS
6 INTERNAL_IP4_DHCP
7 APPLICATION_VERSION
8 INTERNAL_IP6_ADDRESS
10 INTERNAL_IP6_DNS
12 INTERNAL_IP6_DHCP
13 INTERNAL_IP4_SUBNET
14 SUPPORTED_ATTRIBUTES
15 INTERNAL_IP6_SUBNET
16 MIP6_HOME_PREFIX
17 INTERNAL_IP6_LINK
18 INTERNAL_IP6_PREFIX
19 HOME_AGENT_ADDRESS
20 P_CSCF_IP4_ADDRESS
21 P_CSCF_IP6_ADDRESS
22 FTT_KAT
23 EXTERNAL_SOURCE_IP4_NAT_INFO
24 TIMEOUT_PERIOD_FOR_LIVENESS_CHECK
25 INTERNAL_DNS_DOMAIN
26 INTERNAL_DNSSEC_TA
`}
	ikeGroups = &Enum{text: `1 768MODPgr
2 1024MODPgr
5 1536MODPgr
14 2048MODPgr
15 3072MODPgr
16 4096MODPgr
17 6144MODPgr
18 8192MODPgr
19 256randECPgr
20 384randECPgr
21 521randECPgr
22 1024MODP160POSgr
23 2048MODP224POSgr
24 2048MODP256POSgr
25 192randECPgr
26 224randECPgr
27 brainpoolP224r1gr
28 brainpoolP256r1gr
29 brainpoolP384r1gr
30 brainpoolP512r1gr
31 curve25519gr
32 curve448gr
33 GOST3410_2012_256
34 GOST3410_2012_512
`}
	ikeProtocols = &Enum{text: `0 All protocols
1 Internet Control Message Protocol
2 Internet Group Management Protocol
3 Gateway-to-Gateway Protocol
4 IP in IP (encapsulation)
5 Internet Stream Protocol
6 Transmission Control Protocol
7 Core-based trees
8 Exterior Gateway Protocol
9 Interior Gateway Protocol (any private interior gateway (used by Cisco for their IGRP))
10 BBN RCC Monitoring
11 Network Voice Protocol
12 Xerox PUP
13 ARGUS
14 EMCON
15 Cross Net Debugger
16 Chaos
17 User Datagram Protocol
18 Multiplexing
19 DCN Measurement Subsystems
20 Host Monitoring Protocol
21 Packet Radio Measurement
22 XEROX NS IDP
23 Trunk-1
24 Trunk-2
25 Leaf-1
26 Leaf-2
27 Reliable Datagram Protocol
28 Internet Reliable Transaction Protocol
29 ISO Transport Protocol Class 4
30 Bulk Data Transfer Protocol
31 MFE Network Services Protocol
32 MERIT Internodal Protocol
33 Datagram Congestion Control Protocol
34 Third Party Connect Protocol
35 Inter-Domain Policy Routing Protocol
36 Xpress Transport Protocol
37 Datagram Delivery Protocol
38 IDPR Control Message Transport Protocol
39 TP++ Transport Protocol
40 IL Transport Protocol
41 IPv6 Encapsulation
42 Source Demand Routing Protocol
43 Routing Header for IPv6
44 Fragment Header for IPv6
45 Inter-Domain Routing Protocol
46 Resource Reservation Protocol
47 Generic Routing Encapsulation
48 Mobile Host Routing Protocol
49 BNA
50 Encapsulating Security Payload
51 Authentication Header
52 Integrated Net Layer Security Protocol
53 SwIPe
54 NBMA Address Resolution Protocol
55 IP Mobility (Min Encap)
56 Transport Layer Security Protocol (using Kryptonet key management)
57 Simple Key-Management for Internet Protocol
58 ICMP for IPv6
59 No Next Header for IPv6
60 Destination Options for IPv6
61 Any host internal protocol
62 CFTP
63 Any local network
64 SATNET and Backroom EXPAK
65 Kryptolan
66 MIT Remote Virtual Disk Protocol
67 Internet Pluribus Packet Core
68 Any distributed file system
69 SATNET Monitoring
70 VISA Protocol
71 Internet Packet Core Utility
72 Computer Protocol Network Executive
73 Computer Protocol Heart Beat
74 Wang Span Network
75 Packet Video Protocol
76 Backroom SATNET Monitoring
77 SUN ND PROTOCOL-Temporary
78 WIDEBAND Monitoring
79 WIDEBAND EXPAK
80 International Organization for Standardization Internet Protocol
81 Versatile Message Transaction Protocol
82 Secure Versatile Message Transaction Protocol
83 VINES
84 Internet Protocol Traffic Manager
85 NSFNET-IGP
86 Dissimilar Gateway Protocol
87 TCF
88 EIGRP
89 Open Shortest Path First
90 Sprite RPC Protocol
91 Locus Address Resolution Protocol
92 Multicast Transport Protocol
93 AX.25
94 IP-within-IP Encapsulation Protocol
95 Mobile Internetworking Control Protocol
96 Semaphore Communications Sec. Pro
97 Ethernet-within-IP Encapsulation
98 Encapsulation Header
99 Any private encryption scheme
100 GMTP
101 Ipsilon Flow Management Protocol
102 PNNI over IP
103 Protocol Independent Multicast
104 IBM's ARIS (Aggregate Route IP Switching) Protocol
105 SCPS (Space Communications Protocol Standards)
106 QNX
107 Active Networks
108 IP Payload Compression Protocol
109 Sitara Networks Protocol
110 Compaq Peer Protocol
111 IPX in IP
112 Virtual Router Redundancy Protocol, Common Address Redundancy Protocol (not IANA assigned)
113 PGM Reliable Transport Protocol
114 Any 0-hop protocol
115 Layer Two Tunneling Protocol Version 3
116 D-II Data Exchange (DDX)
117 Interactive Agent Transfer Protocol
118 Schedule Transfer Protocol
119 SpectraLink Radio Protocol
120 Universal Transport Interface Protocol
121 Simple Message Protocol
122 Simple Multicast Protocol
123 Performance Transparency Protocol
124 Intermediate System to Intermediate System (IS-IS) Protocol over IPv4
125 Flexible Intra-AS Routing Environment
126 Combat Radio Transport Protocol
127 Combat Radio User Datagram
128 Service-Specific Connection-Oriented Protocol in a Multilink and Connectionless Environment
129 IPLT
130 Secure Packet Shield
131 Private IP Encapsulation within IP
132 Stream Control Transmission Protocol
133 Fibre Channel
134 Reservation Protocol (RSVP) End-to-End Ignore
135 Mobility Extension Header for IPv6
136 Lightweight User Datagram Protocol
137 Multiprotocol Label Switching Encapsulated in IP
138 MANET Protocols
139 Host Identity Protocol
140 Site Multihoming by IPv6 Intermediation
141 Wrapped Encapsulating Security Payload
142 Robust Header Compression
`}
)

// ikeTransformIDs are the numbers of transforms by their type.
var ikeTransformIDs = [...]*Enum{
	1: {text: `1 DES-IV64
2 DES
3 3DES
4 RC5
5 IDEA
6 CAST
7 Blowfish
8 3IDEA
9 DES-IV32
12 AES-CBC
13 AES-CTR
14 AES-CCM-8
15 AES-CCM-12
16 AES-CCM-16
18 AES-GCM-8ICV
19 AES-GCM-12ICV
20 AES-GCM-16ICV
23 Camellia-CBC
24 Camellia-CTR
25 Camellia-CCM-8ICV
26 Camellia-CCM-12ICV
27 Camellia-CCM-16ICV
28 ChaCha20-Poly1305
32 Kuzneychik-MGM-KTREE
33 MAGMA-MGM-KTREE
`},
	2: {text: `1 PRF_HMAC_MD5
2 PRF_HMAC_SHA1
3 PRF_HMAC_TIGER
4 PRF_AES128_XCBC
5 PRF_HMAC_SHA2_256
6 PRF_HMAC_SHA2_384
7 PRF_HMAC_SHA2_512
8 PRF_AES128_CMAC
9 PRF_HMAC_STREEBOG_512
`},
	3: {text: `1 HMAC-MD5-96
2 HMAC-SHA1-96
3 DES-MAC
4 KPDK-MD5
5 AES-XCBC-96
6 HMAC-MD5-128
7 HMAC-SHA1-160
8 AES-CMAC-96
9 AES-128-GMAC
10 AES-192-GMAC
11 AES-256-GMAC
12 SHA2-256-128
13 SHA2-384-192
14 SHA2-512-256
`},
	4: ikeGroups,
	5: {text: `0 No ESN
1 ESN
`},
}
