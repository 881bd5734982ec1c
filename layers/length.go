package layers

// These are the Len of fields: what they count, in bytes if nothing else is said.

func headerLen(header, _ int) int { return header }

func payloadLen(_, payload int) int { return payload }

func totalLen(header, payload int) int { return header + payload }

// headerLess leaves out the n bytes of the header in front of what the field counts.
func headerLess(n int) func(header, payload int) int {
	return func(header, _ int) int { return header - n }
}

// headerWords are the 4-byte units of IP.ihl and TCP.dataofs. A header of more than
// 60 bytes cannot say how long it is; as in Scapy the low four bits stand.
func headerWords(header, _ int) int { return header / 4 & 15 }

// extUnits are the 8-byte units of an IPv6 extension header beyond the first (RFC 8200 §4.3).
func extUnits(header, _ int) int { return max((header+7)/8-1, 0) }
