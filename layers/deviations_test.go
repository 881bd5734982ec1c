package layers

import (
	"errors"
	"regexp"
)

// deviations are the golden cases in which the referee is wrong, with the reason.
var deviations = map[string]string{
	"a0001": "the probe has no ACK flag, so its ack field means nothing (RFC 9293 §3.1) and the reset answers it",
	"a0002": "the probe has no ACK flag, so its ack field means nothing (RFC 9293 §3.1) and the reset answers it",
	"a0046": "the error quotes a segment with another sequence number, so it is about another probe",
	"a0050": "the error quotes a segment with another sequence number, so it is about another probe",
	"b0238": "two records joined by / are two records, as they were in Scapy 2.5",
	"d0584": "an AH of payload length 0 has no value to check; the referee counts the length back from the end",
	"b0575": "the referee's response says when it was built; a Date is sent when it is set",
	"a0067": "the echo was sent to one host and a reply from another is not its answer",
}

// absentFields are those of the referee's that have no place in our tables, or
// another type,
// with the reason.
var absentFields = map[string]string{
	"ICMP.ext":    "extensions (RFC 4884) stand behind the quoted datagram and are a layer there",
	"ICMP.extpad": "as ICMP.ext",

	"Dot11EltVendorSpecific.info": "the bytes behind the oui; the referee gives those of the whole element",

	"BGPHeader.marker":          "sixteen bytes, where the referee has a number of 128 bits",
	"HTTPResponse.X_WebKit_CSP": "a table has room for 64 fields; the header is in Unknown_Headers",
}

// errNotDNS is the reason why dissecting differs where bytes on a DNS port are
// no DNS message.
var errNotDNS = errors.New("bytes on a DNS port that are no whole message are Raw; " +
	"Scapy 2.5 makes a message of them, with a default question, and 2.7 does not")

// oldQuotes is how Scapy 2.5 quotes what 2.7 writes bare in a summary.
var oldQuotes = regexp.MustCompile(`(DNS (?:Qry|Ans)) "(.*?)" `)

// errShortLength is the reason why dissecting differs in cases where a header's
// own length is less than the header has.
var errShortLength = errors.New("a length below the header's minimum (IP.ihl < 5, TCP.dataofs < 5, UDP.len < 8) " +
	"is no length; the referee counts it back from the end of the packet, so that options swallow what follows " +
	"or the last bytes become padding")

// shortLength tells such a case.
func shortLength(p *Packet) bool {
	for _, l := range p.Layers() {
		switch l.proto {
		case IP, IPerror:
			if l.Exists(ipIHL) && l.Uint(ipIHL) < 5 {
				return true
			}
		case TCP, TCPerror:
			if l.Exists(tcpDataofs) && l.Uint(tcpDataofs) < 5 {
				return true
			}
		case UDP, UDPerror:
			if l.Exists(udpLen) && l.Uint(udpLen) < 8 {
				return true
			}
		}
	}
	return false
}
