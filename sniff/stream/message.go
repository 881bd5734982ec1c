package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"pktsh/layers"
)

// Messages cuts one direction of a connection into application messages. It
// looks at the first bytes to see what they are: HTTP/1 (RFC 9112), TLS records (RFC
// 8446 §5.1), or, on port 53, DNS (RFC 1035 §4.2.2). A Reader puts others together.
type Messages struct {
	dns    bool
	reader Reader // nil: the protocols that are known here
	proto  string // "HTTP", "TLS", "DNS", or the reader's; "?" for none of them; "" before the first bytes
	buf    []byte
	seq    uint32      // of its first byte
	http   httpMessage // what is known of the one at the start of buf
	pair   *Requests
	sealed bool   // TLS: what follows is encrypted
	why    string // why the message in buf was given up
}

// maxMessage bounds what waits for the end of a message.
const maxMessage = 16 << 20

// NewMessages is for a direction of c. Both directions are given the same pair.
func NewMessages(c *Conn, pair *Requests) *Messages {
	return &Messages{dns: c.Server.Port() == 53 || c.Client.Port() == 53, pair: pair}
}

// Proto is "HTTP", "TLS", "DNS" or a reader's protocol, or "" for what is none of them, or not known yet.
func (m *Messages) Proto() string {
	if m.proto == "?" {
		return ""
	}
	return m.proto
}

// Undecided tells that too little has come to say what it is.
func (m *Messages) Undecided() bool { return m.proto == "" && len(m.buf) > 0 }

// Over tells that no messages are looked for, until there is a gap.
func (m *Messages) Over() bool { return m.proto == "?" }

// A Message is one of a direction, with the sequence number of its first byte.
type Message struct {
	*layers.Packet
	Seq uint32
}

// Add takes the next bytes, the first of which has the sequence number seq, and gives the
// messages that are whole, without the two bytes of length that DNS has over TCP; TLS records
// that a handshake message spans come as one record. last is the packet that completed them.
func (m *Messages) Add(b []byte, seq uint32, last *layers.Packet) (out []Message, err error) {
	if m.proto == "?" {
		return nil, nil
	}
	if len(m.buf) == 0 {
		m.seq = seq
	}
	m.buf = append(m.buf, b...)
	if m.reader != nil {
		return m.read(last, false)
	}
	for len(m.buf) > 0 {
		if m.proto == "" {
			switch m.proto = m.guess(); m.proto {
			case "":
				return out, nil
			case "?":
				m.buf = nil
				return out, nil
			}
		}
		skip, n := m.length()
		switch {
		case n < 0:
			m.GiveUp("malformed " + m.proto)
			return out, nil
		case n > maxMessage || n == 0 && len(m.buf) > maxMessage:
			m.tooLong()
			return out, nil
		}
		if n == 0 || len(m.buf) < n {
			return out, nil
		}
		msg := bytes.Clone(m.buf[skip:n])
		if m.proto == "TLS" {
			msg = oneRecord(msg)
		}
		out = append(out, m.cut(dissected(m.proto, msg), n))
		m.http = httpMessage{}
	}
	return out, nil
}

// cut takes the first n bytes off, which are msg's.
func (m *Messages) cut(msg *layers.Packet, n int) Message {
	out := Message{msg, m.seq}
	m.buf, m.seq = m.buf[n:], m.seq+uint32(n)
	return out
}

func (m *Messages) tooLong() {
	m.GiveUp(fmt.Sprintf("a message of %s is longer than %d MiB", m.proto, maxMessage>>20))
}

// Waiting is how many bytes wait for the end of their message.
func (m *Messages) Waiting() int { return len(m.buf) }

// GiveUp ends the search for messages here.
func (m *Messages) GiveUp(why string) { m.proto, m.why = "?", why }

// GivenUp tells once why a message was given up, with the bytes there are of it; ""
// if none was.
func (m *Messages) GivenUp() (why string, rest []byte) {
	if why = m.why; why != "" {
		rest, m.buf, m.why = m.buf, nil, ""
	}
	return why, rest
}

// Gap says that bytes are missing here: what was begun is given up, and the next
// bytes are looked at anew.
func (m *Messages) Gap() {
	m.reader, m.proto, m.buf, m.http = nil, "", nil, httpMessage{}
}

// Close gives what the end of the stream ends: an HTTP response without a length.
func (m *Messages) Close() (rest []byte) {
	rest, m.buf = m.buf, nil
	if m.proto == "?" {
		return nil
	}
	return rest
}

// guess names the protocol that buf begins with, "" while that cannot be told.
func (m *Messages) guess() string {
	b := m.buf
	if m.dns {
		return "DNS"
	}
	if len(b) < 3 {
		return ""
	}
	if b[0] >= 20 && b[0] <= 24 && b[1] == 3 && b[2] <= 4 {
		return "TLS"
	}
	if bytes.HasPrefix(b, []byte("HTTP/")) {
		return "HTTP"
	}
	// A method is a token in capitals, as a rule of at most 16, and then a space
	// (RFC 9110 §9.1).
	for i, c := range b {
		switch {
		case c == ' ' && i >= 3:
			return "HTTP"
		case c == '/' && string(b[:i]) == "HTTP" && i == 4:
			return "" // "HTTP/" was tried
		case c < 'A' || c > 'Z' || i > 16:
			return "?"
		}
	}
	return ""
}

// length is where the message at the start of buf begins and ends: 0 while that
// is not known, -1 if it can never be.
func (m *Messages) length() (skip, n int) {
	b := m.buf
	switch m.proto {
	case "DNS":
		if len(b) < 2 {
			return 0, 0
		}
		return 2, 2 + int(binary.BigEndian.Uint16(b))
	case "TLS":
		if len(b) < 5 {
			return 0, 0
		}
		return 0, m.tlsLength()
	}
	n = m.http.length(m.buf, m.pair)
	if n > 0 && len(b) >= n {
		m.http.tell(m.pair)
	}
	return 0, n
}

// tlsLength is that of the next record, with those that follow while a handshake
// message goes on in them (RFC 8446 §5.1). What is encrypted is taken record by record.
func (m *Messages) tlsLength() (n int) {
	need := 0 // bytes of handshake messages that are to come in further records
	var head []byte
	for {
		b := m.buf[n:]
		if len(b) < 5 {
			return 0
		}
		if b[0] < 20 || b[0] > 24 || b[1] != 3 {
			return -1
		}
		size := 5 + int(binary.BigEndian.Uint16(b[3:]))
		if n > 0 && b[0] != 22 {
			return n // a message that is not ended is for the reader to see
		}
		if b[0] == 20 || b[0] == 23 {
			m.sealed = true
		}
		if b[0] != 22 || m.sealed {
			return n + size
		}
		if len(b) < size {
			return 0
		}
		for part := b[5:size]; len(part) > 0; {
			if need > 0 {
				k := min(need, len(part))
				need, part = need-k, part[k:]
				continue
			}
			k := min(4-len(head), len(part))
			head, part = append(head, part[:k]...), part[k:]
			if len(head) == 4 {
				need, head = int(head[1])<<16|int(head[2])<<8|int(head[3]), nil
			}
		}
		if n += size; need == 0 && len(head) == 0 || n+need > maxRecord {
			return n
		}
	}
}

// maxRecord is the most that the length field of a record can tell, with its header.
const maxRecord = 5 + 1<<16 - 1

// oneRecord is handshake records as one, so that a message that went on over their
// borders can be read.
func oneRecord(b []byte) []byte {
	n := 5 + int(binary.BigEndian.Uint16(b[3:]))
	if n == len(b) || len(b) > maxRecord {
		return b
	}
	out := bytes.Clone(b[:n])
	for len(b) > n {
		b = b[n:]
		n = 5 + int(binary.BigEndian.Uint16(b[3:]))
		out = append(out, b[5:n]...)
	}
	binary.BigEndian.PutUint16(out[3:], uint16(len(out)-5))
	return out
}
