package repl

import (
	"path"
	"strings"
)

// nameHint says what stands for a name of Scapy's that is not here; "" if it is none.
func nameHint(name string) string { return findHint(hints, name) }

// A hint is what to use instead of names; a * in one stands for any letters.
type hint struct{ names, instead string }

func findHint(table []hint, name string) string {
	for _, h := range table {
		for word := range strings.FieldsSeq(h.names) {
			if ok, _ := path.Match(word, name); ok { // the patterns are sound: a test reads each
				return h.instead
			}
		}
	}
	return ""
}

// hints are the names that scripts find in Scapy 2.5's `from scapy.all import *` and that
// were left out here, with what to use instead.
var hints = []hint{
	{"Thread Event Lock Timer", "Scapy's star import brings it along; write: from threading import Thread, Event, Lock, Timer"},
	{"deque defaultdict namedtuple UserDict", "write: from collections import deque, defaultdict, namedtuple"},
	{"datetime timedelta timezone tzinfo", "write: from datetime import datetime, timedelta, timezone"},
	{"Queue Empty", "write: from queue import Queue, Empty"},
	{"partial cmp_to_key zip_longest choice md5 gcd gmtime strftime", "Scapy's star import brings it along; import it from functools, itertools, random, hashlib, math or time"},
	{"Enum IntEnum Flag", "write: from enum import Enum, IntEnum, Flag"},
	{"Any Callable DefaultDict Deque Dict Generic Iterable Iterator List Literal NamedTuple NoReturn Optional Sequence Set Tuple Type TypeVar Union cast overload TYPE_CHECKING IO TextIO AnyStr",
		"write: from typing import Any, List, Optional, …"},
	{"make_table make_lined_table make_tex_table", "a packet list has it as a method: pkts.make_table(lambda p: (p.src, p.dst, p.ttl)), and make_lined_table, make_tex_table"},
	{"Automaton_metaclass Message ObjectPipe select_objects Timer",
		"write the states as functions that return the next one, and keep the capture open meanwhile: AsyncSniffer(…) with a queue, or conf.L3socket()"},
	{"TCP_client AnsweringMachineTCP StreamSocket SimpleSocket SSLStreamSocket SuperSocket IterSocket SingleConversationSocket",
		"import socket gives the kernel's sockets as in Python; conf.L3socket() and conf.L2socket() open packet sockets, of which s.sr1(p) asks"},
	{"Pipe PipeEngine Source Sink Drain TermSink QueueSink CLIFeeder CLIHighFeeder Triggered* SniffSource RdpcapSource WrpcapSink InjectSink Inject3Sink ConsoleSink RawConsoleSink FDSourceSink TCPConnectPipe TCPListenPipe UDPClientPipe UDPServerPipe UDPDrain UpDrain DownDrain TransformDrain ThreadGenSource PeriodicSource AutoSource TriggerSink TriggerDrain WiresharkSink",
		"there are no pipes: sniff(prn=…) with functions, bridge_and_sniff() and PcapWriter() do the same"},
	{"arpcachepoison arp_mitm airpwn arpleak etherleak fragleak fragleak2 NDP_Attack_* dyndns_add dyndns_del nbns_spoof NBNS_am DHCPv6_am dhcp6d WiFi_am",
		"left out; its packets can be sent with sendp(…, loop=1), and answered by a class below AnsweringMachine"},
	{"AS_resolver* whois traceroute_map do_graph", "left out: nothing here asks whois servers or draws maps; traceroute() prints the table"},
	{"TFTP_read TFTP_write TFTP_RRQ_server TFTP_WRQ_server", "left out; TFTP(), TFTP_RRQ() and TFTP_DATA() make its packets for sr1() and AnsweringMachine"},
	{"interact autorun_* ScapyAutorunInterpreter StopAutorun* init_session restart update_ipython_session apply_ipython_style create_styler", "the prompt is pktsh's own: pktsh -i FILE runs a script and then prompts"},
	{"load_module", "there are no modules to load: load_layer(\"http\") and load_contrib(\"ospf\") have layers read"},
	{"RandDHCPOptions RandField RandSingularity RandBinFloat RandASN1Object RandClasslessStaticRoutesField RandomEnumeration", "fuzz(TCP()) and the like draw options; RandPool(), RandNum() and RandBin() draw values"},
	{"TrailerBytes", "TrailerField(fld) and FCSField() stand behind the payload, and post_build(self, p, pay) may put bytes there: return p + pay + crc"},
	{"ActionField MultiFlagsField MultiFlagsEntry CharEnumField SignedIntEnumField UUIDEnumField BitScalingField BitFixedLenField StrFixedLenFieldUtf16 DestField LEBitField LEBitEnumField LEMACField LoIntEnumField OID",
		"left out; EnumField, FlagsField, ScalingField, StrLenFieldUtf16 and UUIDField are there, and class X(Field) makes others"},
	{"ChunkParamField Classless*Field ClientSubnetv4 ClientSubnetv6 DHCPOptionsField DNSQRField DNSRRCountField DNSRRField DNSTextField DomainNameListField GapAckField IP6ListField LifetimeField NIQuery*Field NIReply*Field NTP*Field NonceField RRlistField TimeSignedField TimeStampField TruncPktLenField ISAKMP*Field N9*Field ShortOrInt IP6FieldLenField NativeShortField MKA*Field",
		"the field of one protocol: class X(DHCP) and the like begin from a protocol with all its fields"},
	{"NDR* DceRpc* Dce* DCE* NL_AUTH_* CommonAuthVerifier find_dcerpc_interface register_dcerpc_interface ndr_*", noSuchLayer},
	{"ASN1* BER* ASN1F_* MIBDict load_mib oids_set", "ASN.1 values are layers: ASN1_INTEGER(5), ASN1_OID(\"1.3.6.1\"); a field of one takes the plain value, SNMPvarbind(oid=\"1.3.6.1\")"},
	{"ATT_* SM_* HCI_* L2CAP_* EIR_* BTLE* LL_* BDAddrField Bluetooth* LowEnergyBeaconHelper srbt srbt1 sockaddr_hci", noSuchLayer},
	{"Dot15d4* Zigbee* ZigBee* ZCL* ZDP* ZEP1 ZEP2 LinkStatusEntry LoWPAN* SixLoWPAN* sixlowpan_* dot15d4AddressField util_*", noSuchLayer},
	{"SMB* NTLM* LM* NTLMSSP* Kerberos* KRB* Krb* PA_* PADATA AD_* LDAP* CLDAP GSSAPI* SPNEGO* PAC_* PACTYPE CLAIM* AV_PAIR NEGOEX* FILE_* File* SECURITY_DESCRIPTOR X509* OCSP* ECDSA* RSA* Enc* ETYPE* HTTP_ntlm_negotiate krb_as_req ntlm_* NTOWFv2 MD4 RC4* SEAL* SIGNKEY MAC HMAC_MD5 Netbios NetBIOS_DS", noSuchLayer},
	{"LLTD* MIP6* IrLAP* IrLMP Skinny MGCP PPI* GPRS HSRPmd5 RTPExtension NTP* Netflow* netflowv9_defragment ipfix_defragment GetNetflowRecordV9 PPP_ECP* PPP_LCP_* DIR_PPP MKA* MPacketPreamble PseudoIPv6 IPv46 Dot11Elt* RadioTapTLV SCTPerror DNSRR_DISPATCHER TunPacketInfo LinuxTun*", noSuchLayer},
	{"SecurityAssociation AuthAlgo CryptAlgo AUTH_ALGOS CRYPT_ALGOS CMAC HMAC Cipher aead split_for_transport zero_mutable_fields", "left out: ESP and AH are made and read, but nothing here encrypts"},
	{"sndrcv sndrcvflood sr_func SndRcvHandler debug", "the engine beneath is not to be called: sr(), srp() and conf.L3socket() take its arguments"},
	{"tcp_pseudoheader in6_pseudoheader", "in4_pseudoheader(), in4_chksum(6, ip, bytes) and in6_chksum() compute with it"},
	{"Route Route6 read_routes read_routes6 NetCache Neighbor NetworkInterface NetworkInterfaceDict resolve_iface network_name dev_from_networkname InterfaceProvider get_if_raw_hwaddr get_if_raw_addr6 in6_getifaddr IFACES ifaces",
		"the kernel is asked: conf.route, conf.route6, conf.ifaces, get_if_addr(), get_if_hwaddr() and getmacbyip()"},
	{"hexedit", "bytes are edited in the language: b = bytearray(raw(p)); b[3] = 5; p = Ether(bytes(b))"},
	{"TunTapInterface TunPacketInfo LINUX_TUN* LINUX_IFF_*", "left out; lab() and bridge_and_sniff() join hosts"},
	{"rderf wrerf ERFEthernet*", "left out: rdpcap() and wrpcap() read and write pcap and pcapng"},
	{"RawPcapWriter GenericPcapWriter GenericRawPcapWriter RawPcapNgWriter", "PcapWriter(\"x.pcap\") and wrpcapng() take bytes too"},
	{"ADMANDATORYFORKDC Attribute* AuthorizationData* CYPHER_BLOCK Checksum DHRepInfo ECCurve ECFieldID ECParameters ECSpecifiedDomain ExternalPrincipalIdentifier FILETIME HostAddress* Int32 UInt32 KERB_* LargeTlvBuilder LastReqItem MethodData Microseconds PDOMAIN_* PGROUP_* PKERB_* PSID PrincipalName RPC_* Realm RelativeLDAPDN Single_Host_Data TransitedEncoding UPN_DNS_INFO URI USER_SESSION_KEY u_sub* ISAKMP_class InheritOriginDNSStrPacket EPacket* EField Hash_MD* adjust_auth_len prepare_packed_data GSSAPI* LMv2_RESPONSE skinny* snmpwalk", noSuchLayer},
	{"TracerouteResult6 Dot11PacketList BasePacketList", "PacketList and TracerouteResult are the lists of packets"},
	{"FlagValue FlagValueIter", "p.flags compares with letters and numbers: p.flags == \"SA\", p.flags & 2, \"S\" in p.flags"},
	{"in6_ctop in6_ptoc in6_addrtovendor in6_getLinkScopedMcastAddr in6_getLocalUniquePrefix in6_getRandomizedIfaceId in6_isanycast computeNIGroupAddr names2dnsrepr construct_source_candidate_set get_source_addr_from_candidate_set",
		"left out; in6_addrtomac(), in6_getnsma(), in6_mactoifaceid() and module ipaddress are there"},
	{"IPSecIntegrityError ScapyInvalidPlatformException DADict_Exception", "nothing here raises it"},
	{"ikescan", "sr(IP(dst=…)/UDP()/ISAKMP(exch_type=2)/…) asks; the answers are read as ISAKMP"},
	{"L3RawSocket6 L2ListenTcpdump PeriodicSenderThread", "conf.L3socket() and conf.L2listen() open sockets; send(…, loop=1, inter=1) in a thread sends again and again"},
	{"RTPS Interceptor KnowledgeBase CacheInstance CommandsList Conf ConfClass ConfigFieldList ProgPath Resolve LayersList Num2Layer DADict ManufDA EtherDA KBBaseType Emphasize ColorTable ColorTheme FormatTheme *_metaclass Gen SetGen ReferenceAM BasePacket AnyField ObservableDict EnumElement EDecimal StringBuffer StringWriter ContextManagerSubprocess Scapy*F* IPTools IPv6inIP DNSgetstr dns_get_str get_cls fixname colgen issubtype isPyPy isdnssecRR isCryptography* crypto_validator checksum_endian_transform decode_locale_str dest_addr_size source_addr_size get_terminal_width *register_l3* lambda_tuple_converter load_ethertypes load_manuf load_protocols load_services long_converter scapy_delete_temp_files select_path tpacket_auxdata IP6FieldLenField hash_by_oid RandomEnumeration",
		"a part of Scapy's own workings; there is no such thing to use here"},
	{"DLT_* ARPHRD_*", "write the number: linktype=1 is Ethernet; the numbers are on https://www.tcpdump.org/linktypes.html"},
}

const noSuchLayer = "not among the layers (ls() lists these): its bytes are read as Raw, and class X(Packet) defines what is wanted of it"
