"""Answering machines: what is captured, asked about and answered."""


class AnsweringMachine:
    """Answers requests that come in: a class below it gives is_request(self, req) and make_reply(self, req), and
    may give filter, send_function, parse_options(self, …) for arguments of its own, and print_reply(self, req, reply).
    X(iface="eth0")() answers until Ctrl-C, or as timeout=, count= and the like of sniff() say; X().bg() does so beside the
    program until stop(). verbose=False prints nothing for an answer."""

    function_name = ""
    filter = None
    send_function = staticmethod(send)
    sniff_options = {"store": False}
    send_options = {"verbose": 0}
    sniff_options_list = ["store", "iface", "count", "promisc", "filter", "type", "prn", "stop_filter", "opened_socket", "timeout",
                          "session", "started_callback", "lfilter", "netns", "offline"]
    send_options_list = ["inter", "loop", "socket"]

    def __init__(self, **kargs):
        self.verbose = kargs.pop("verbose", True)
        self.optsniff, self.optsend, rest = dict(self.sniff_options), dict(self.send_options), {}
        if self.filter:
            self.optsniff["filter"] = self.filter
        for name, value in kargs.items():
            if name in self.sniff_options_list:
                self.optsniff[name] = value
            elif name in self.send_options_list:
                self.optsend[name] = value
            else:
                rest[name] = value
            if name == "netns" or name == "iface" and self.send_function != send:
                self.optsend[name] = value
        self.sniffer = None
        self.parse_options(**rest)

    def __call__(self, **kargs):
        """Answer until Ctrl-C, or as long as the arguments, those of sniff(), say."""
        self.optsniff.update(kargs)
        return self.sniff()

    run = __call__

    def parse_options(self):
        """Arguments of the class's own; there are none."""

    def is_request(self, req):
        """Whether req is to be answered."""
        return True

    def make_reply(self, req):
        """The answer, or None for none."""
        raise NotImplementedError("%s.make_reply(self, req) is to give the answer" % type(self).__name__)

    def send_reply(self, reply):
        """Send it; called with what make_reply() gave."""
        self.send_function(reply, **self.optsend)

    def print_reply(self, req, reply):
        """Say what was answered."""
        print("%s ==> %s" % (req.summary(), reply.summary()))

    def reply(self, pkt):
        """What is done with each packet."""
        if not self.is_request(pkt):
            return
        answer = self.make_reply(pkt)
        if answer is None:
            return
        self.send_reply(answer)
        if self.verbose:
            self.print_reply(pkt, answer)

    def sniff(self):
        return sniff(prn=self.reply, **self.optsniff)

    def bg(self, **kargs):
        """Answer beside the program until stop(); the capture has begun when this returns."""
        self.optsniff.update(kargs)
        self.sniffer = AsyncSniffer(prn=self.reply, **self.optsniff)
        self.sniffer.start()
        return self.sniffer

    def stop(self):
        """End what bg() began."""
        return self.sniffer.stop()


def _networks(value):
    """None, or something that `in` finds addresses in."""
    if value is None or not isinstance(value, str):
        return value
    return Net(value)


class ARP_am(AnsweringMachine):
    """Says that IP_addr, an address or a network, is at ARP_addr: all that is asked for if IP_addr is None, this host's
    own Ethernet address if ARP_addr is. from_ip: only for askers of this network."""

    function_name = "farpd"
    filter = "arp"
    send_function = staticmethod(sendp)

    def parse_options(self, IP_addr=None, ARP_addr=None, from_ip=None):
        self.IP_addr, self.ARP_addr, self.from_ip = _networks(IP_addr), ARP_addr, _networks(from_ip)

    def is_request(self, req):
        return (ARP in req and req[ARP].op == 1 and req[ARP].pdst != req[ARP].psrc
                and (self.IP_addr is None or req[ARP].pdst in self.IP_addr)
                and (self.from_ip is None or req[ARP].psrc in self.from_ip))

    def make_reply(self, req):
        asked = req[ARP]
        mac = self.ARP_addr or get_if_hwaddr(self.optsniff.get("iface") or req.sniffed_on)
        self.optsend["iface"] = self.optsniff.get("iface") or req.sniffed_on
        return Ether(dst=asked.hwsrc, src=mac)/ARP(op="is-at", hwsrc=mac, psrc=asked.pdst, hwdst=asked.hwsrc, pdst=asked.psrc)

    def print_reply(self, req, reply):
        print("%s ==> %s is at %s" % (req.summary(), reply[ARP].psrc, reply[ARP].hwsrc))


class ICMPEcho_am(AnsweringMachine):
    """Answers echo requests, for any address."""

    function_name = "icmpechod"
    filter = "icmp[icmptype] == icmp-echo"

    def is_request(self, req):
        return ICMP in req and req[ICMP].type == 8

    def make_reply(self, req):
        echo = req[ICMP].copy()
        echo.type = 0
        del echo.chksum
        return IP(src=req[IP].dst, dst=req[IP].src)/echo


class DNS_am(AnsweringMachine):
    """Answers questions for addresses: match={"www.example.org": "192.0.2.1"} tells some, with ("192.0.2.1",
    "2001:db8::1") for both kinds; joker and joker6 are the answers for other names, False leaves them unanswered. from_ip: only for
    askers of this network. ttl: of the records."""

    function_name = "dns_spoof"
    filter = "udp port 53"
    cls = DNS

    def parse_options(self, joker=None, match=None, joker6=False, from_ip=None, ttl=10):
        self.match = {self.name(k): v for k, v in (match or {}).items()}
        self.joker, self.joker6, self.from_ip, self.ttl = joker, joker6, _networks(from_ip), ttl

    @staticmethod
    def name(n):
        """A name as names are compared: text in small letters with its final dot."""
        n = n.decode() if isinstance(n, bytes) else n
        return n.rstrip(".").lower() + "."

    def is_request(self, req):
        if self.cls not in req or req[self.cls].qr != 0 or DNSQR not in req or req[DNSQR].qtype not in (1, 28):
            return False
        return self.from_ip is None or (IPv6 if IPv6 in req else IP) in req and req[IPv6 if IPv6 in req else IP].src in self.from_ip

    def address(self, name, v6, req):
        known = self.match.get(self.name(name))
        if isinstance(known, (tuple, list)):
            known = known[1] if v6 else known[0]
        elif v6 and known is not None:
            known = None
        if known is not None:
            return known
        other = self.joker6 if v6 else self.joker
        if other is None:
            other = (get_if_addr6 if v6 else get_if_addr)(self.optsniff.get("iface") or req.sniffed_on or conf.iface)
        return other or None

    def make_reply(self, req):
        asked, net = req[DNSQR], IPv6 if IPv6 in req else IP
        address = self.address(asked.qname, asked.qtype == 28, req)
        if address is None:
            return None
        record = DNSRR(rrname=asked.qname, type=asked.qtype, ttl=self.ttl, rdata=address)
        return net(src=req[net].dst, dst=req[net].src)/UDP(sport=req.dport, dport=req.sport)/self.message(req[self.cls], record)

    def message(self, asked, record):
        return DNS(id=asked.id, qr=1, rd=asked.rd, ra=1, qd=asked.qd, an=record)


class LLMNR_am(DNS_am):
    """DNS_am for LLMNR (RFC 4795), asked by multicast."""

    function_name = "llmnr_spoof"
    filter = "udp port 5355"
    cls = LLMNRQuery

    def make_reply(self, req):
        answer = DNS_am.make_reply(self, req)
        if answer is not None:
            del answer.src  # the question went to a group
        return answer

    def message(self, asked, record):
        return LLMNRResponse(id=asked.id, qr=1, qd=asked.qd, an=record)


class BOOTP_am(AnsweringMachine):
    """Gives out the addresses of pool, each host one: BOOTP. network: theirs; gw: the router; nameserver: gw if it is None;
    domain, renewal_time and lease_time are what DHCP_am tells too."""

    function_name = "bootpd"
    filter = "udp and port 68 and port 67"
    send_function = staticmethod(sendp)

    def parse_options(self, pool="192.168.1.128/25", network="192.168.1.0/24", gw="192.168.1.1", nameserver=None, domain="localnet",
                      renewal_time=60, lease_time=1800):
        bits = int(network.partition("/")[2] or 32)
        mask = (0xffffffff << (32 - bits)) & 0xffffffff
        self.network, self.netmask = ltoa(atol(network.partition("/")[0]) & mask), ltoa(mask)
        self.broadcast = ltoa(atol(self.network) | ~mask & 0xffffffff)
        self.gw, self.nameserver, self.domain = gw, nameserver or gw, domain
        self.renewal_time, self.lease_time = renewal_time, lease_time
        taken = (gw, self.network, self.broadcast)
        self.pool = [a for a in (Net(pool) if isinstance(pool, str) else pool) if a not in taken]
        self.leases = {}

    def is_request(self, req):
        return Ether in req and BOOTP in req and req[BOOTP].op == 1

    def lease(self, mac):
        """The address that the host has or gets; None when there is none left."""
        if mac not in self.leases and self.pool:
            self.leases[mac] = self.pool.pop(0)
        return self.leases.get(mac)

    def make_reply(self, req):
        mac, ask = req[Ether].src, req[BOOTP]
        address = self.lease(mac)
        if address is None:
            print("no address left for", mac)
            return None
        iface = self.optsniff.get("iface") or req.sniffed_on
        self.optsend["iface"] = iface
        return (Ether(src=get_if_hwaddr(iface), dst=mac)/IP(src=self.gw, dst=address)/UDP(sport=67, dport=68)
                / BOOTP(op=2, xid=ask.xid, flags=ask.flags, chaddr=ask.chaddr, yiaddr=address, siaddr=self.gw))

    def print_reply(self, req, reply):
        print("%s ==> %s has %s" % (req.summary(), reply[Ether].dst, reply[BOOTP].yiaddr))


class DHCP_am(BOOTP_am):
    """BOOTP_am that speaks DHCP: it offers and acknowledges leases."""

    function_name = "dhcpd"

    def is_request(self, req):
        return BOOTP_am.is_request(self, req) and DHCP in req and self.kind(req) in (1, 3)

    @staticmethod
    def kind(req):
        """The message's type."""
        for option in req[DHCP].options:
            if isinstance(option, tuple) and option[0] == "message-type":
                return {"discover": 1, "request": 3}.get(option[1], option[1])
        return None

    def make_reply(self, req):
        reply = BOOTP_am.make_reply(self, req)
        if reply is None:
            return None
        told = [("message-type", 2 if self.kind(req) == 1 else 5), ("server_id", self.gw), ("domain", self.domain), ("router", self.gw),
                ("name_server", self.nameserver), ("broadcast_address", self.broadcast), ("subnet_mask", self.netmask),
                ("renewal_time", self.renewal_time), ("lease_time", self.lease_time)]
        return reply/DHCP(options=[option for option in told if option[1] is not None] + ["end"])


def farpd(**kargs):
    """Run ARP_am(…)."""
    return ARP_am(**kargs)()


def icmpechod(**kargs):
    """Run ICMPEcho_am(…)."""
    return ICMPEcho_am(**kargs)()


def dns_spoof(**kargs):
    """Run DNS_am(…)."""
    return DNS_am(**kargs)()


def llmnr_spoof(**kargs):
    """Run LLMNR_am(…)."""
    return LLMNR_am(**kargs)()


def bootpd(**kargs):
    """Run BOOTP_am(…)."""
    return BOOTP_am(**kargs)()


def dhcpd(**kargs):
    """Run DHCP_am(…)."""
    return DHCP_am(**kargs)()
