package layers

// Field positions in LLMNR; a count is four before its list.
const (
	llmnrID = iota
	llmnrQR
	_
	_
	_
	_
	_
	llmnrQDCount
	llmnrANCount
	llmnrNSCount
	llmnrARCount
	llmnrQD
	llmnrAN
	llmnrNS
	llmnrAR
)

// LLMNRQuery asks the link for a name, LLMNRResponse answers (RFC 4795 §2.1).
// What follows the header is as in DNS.
var (
	LLMNRQuery    = &Proto{Name: "LLMNRQuery", make: func() Table { return llmnr("Query", 0) }}
	LLMNRResponse = &Proto{Name: "LLMNRResponse", make: func() Table { return llmnr("Response", 1) }}
)

func llmnr(title string, qr uint64) Table {
	return Table{
		Title: "Link Local Multicast Node Resolution - " + title,
		Doc:   "Link-local name resolution: " + title + " (RFC 4795)",
		Fields: []Field{
			{Name: "id", Bits: 16},
			{Name: "qr", Bits: 1, Default: qr},
			{Name: "opcode", Bits: 4, Enum: llmnrOpcodes},
			{Name: "c", Bits: 1},
			{Name: "tc", Bits: 2},
			{Name: "z", Bits: 4},
			{Name: "rcode", Bits: 4, Enum: llmnrRcodes},
			{Name: "qdcount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(llmnrQD)},
			{Name: "ancount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(llmnrAN)},
			{Name: "nscount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(llmnrNS)},
			{Name: "arcount", Bits: 16, Type: "DNSRRCountField", Auto: countOf(llmnrAR)},
			dnsSectionField("qd", llmnrQDCount),
			dnsSectionField("an", llmnrANCount),
			dnsSectionField("ns", llmnrNSCount),
			dnsSectionField("ar", llmnrARCount),
		},
		NeedFields: llmnrQD,
		Summary:    summarizeLLMNR,
		Key:        func(dst []byte, at At, _ bool) []byte { return appendUint16(dst, at.Uint(llmnrID)) },
	}
}

func linkLLMNR() {
	dispatch := func(b []byte) *Proto {
		switch {
		case len(b) < 3:
			return nil
		case b[2]&0x80 != 0:
			return LLMNRResponse
		}
		return LLMNRQuery
	}
	LLMNRQuery.Dispatch, LLMNRResponse.Dispatch = dispatch, dispatch
	LLMNRResponse.Answers = func(at, to At) bool {
		return (to.Proto() == LLMNRQuery || to.Proto() == LLMNRResponse) &&
			sameUint(at, to, llmnrID) && at.Uint(llmnrQR) == 1 && to.Uint(llmnrQR) == 0
	}
}

var (
	llmnrOpcodes = &Enum{List: Named{{0, "QUERY"}}}
	llmnrRcodes  = &Enum{List: Named{{0, "ok"}}}
)

// summarizeLLMNR tells the first answer, else the first name asked for.
func summarizeLLMNR(at At) (string, []*Proto) {
	first := func(section int, proto *Proto) (r At, name string, ok bool) {
		list, _ := at.Value(section).(List)
		if len(list) == 0 {
			return r, "", false
		}
		p, ok := list[0].(*Packet)
		if !ok || p.At(0).Proto() != proto {
			return r, "", false
		}
		b, _ := First(p.At(0).Value(0)).([]byte)
		return p.At(0), pyStr(string(b)), true
	}
	if r, name, ok := first(llmnrAN, DNSRR); ok {
		return "LLMNRResponse " + name + " is at '" + FieldText(r, dnsRData) + "'", []*Proto{UDP}
	}
	if _, name, ok := first(llmnrQD, DNSQR); ok {
		return "LLMNRQuery who has " + name, []*Proto{UDP}
	}
	return at.Proto().Name, nil
}

func bindLLMNR() {
	mustBindPorts(UDP, LLMNRQuery, 5355)
	for _, upper := range []*Proto{LLMNRQuery, LLMNRResponse} {
		mustBindDown(UDP, upper, "sport", 5355, "dport", 5355)
	}
}

func llmnrTables() family {
	return family{
		tables: []*Proto{LLMNRQuery, LLMNRResponse},
		link:   linkLLMNR,
		bind:   bindLLMNR,
	}
}
