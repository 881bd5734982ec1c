package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Messages cuts one direction of a connection into application messages. It
// looks at the first bytes to see what they are: HTTP/1 (RFC 9112), TLS records (RFC
// 8446 §5.1), or, on port 53, DNS (RFC 1035 §4.2.2).
type Messages struct {
	dns     bool
	proto   string // "HTTP", "TLS", "DNS"; "?" for none of them; "" before the first bytes
	buf     []byte
	scanned int // bytes of buf in which no end of an HTTP header begins
	pair    *Requests
	sealed  bool   // TLS: what follows is encrypted
	why     string // why the message in buf was given up
}

// maxMessage bounds what waits for the end of a message.
const maxMessage = 16 << 20

// NewMessages is for a direction of c. Both directions are given the same pair.
func NewMessages(c *Conn, pair *Requests) *Messages {
	return &Messages{dns: c.Server.Port() == 53 || c.Client.Port() == 53, pair: pair}
}

// Requests are the HTTP methods that a server has still to answer: a response to
// HEAD or CONNECT has no body, whatever its header says (RFC 9112 §6.3).
type Requests struct{ methods []string }

func (r *Requests) add(m string) {
	if len(r.methods) < 1000 {
		r.methods = append(r.methods, m)
	}
}

// first is the method that the next response answers, "" if it is not known.
func (r *Requests) first() string {
	if len(r.methods) == 0 {
		return ""
	}
	return r.methods[0]
}

func (r *Requests) drop() { r.methods = r.methods[min(1, len(r.methods)):] }

// Proto is "HTTP", "TLS" or "DNS", or "" for what is none of them, or not known yet.
func (m *Messages) Proto() string {
	if m.proto == "?" {
		return ""
	}
	return m.proto
}

// Undecided tells that too little has come to say what it is.
func (m *Messages) Undecided() bool { return m.proto == "" && len(m.buf) > 0 }

// Add takes the next bytes and gives the messages that are whole, without the
// two bytes of length that DNS has over TCP; TLS records that a handshake message
// spans come as one record.
func (m *Messages) Add(b []byte) (out [][]byte) {
	if m.proto == "?" {
		return nil
	}
	m.buf = append(m.buf, b...)
	for len(m.buf) > 0 {
		if m.proto == "" {
			if m.proto = m.guess(); m.proto == "" {
				return out
			}
		}
		skip, n := m.length()
		switch {
		case n < 0:
			m.GiveUp("malformed " + m.proto)
			return out
		case n > maxMessage || n == 0 && len(m.buf) > maxMessage:
			m.GiveUp(fmt.Sprintf("a message of %s is longer than %d MiB", m.proto, maxMessage>>20))
			return out
		}
		if n == 0 || len(m.buf) < n {
			return out
		}
		msg := bytes.Clone(m.buf[skip:n])
		if m.proto == "TLS" {
			msg = oneRecord(msg)
		}
		out = append(out, msg)
		m.buf, m.scanned = m.buf[n:], 0
	}
	return out
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
	m.proto, m.buf, m.scanned = "", nil, 0
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
	return 0, m.httpLength()
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

func (m *Messages) httpLength() int {
	i := bytes.Index(m.buf[m.scanned:], []byte("\r\n\r\n"))
	if i < 0 {
		m.scanned = max(len(m.buf)-3, 0)
		return 0
	}
	head := m.scanned + i + 4
	m.scanned += i
	lines := strings.Split(string(m.buf[:head-4]), "\r\n")
	field := func(name string) (string, bool) {
		for _, l := range lines[1:] {
			k, v, ok := strings.Cut(l, ":")
			if ok && strings.EqualFold(k, name) {
				return strings.TrimSpace(v), true
			}
		}
		return "", false
	}
	n := head
	method, status, response := strings.Cut(lines[0], " ")
	response = response && strings.HasPrefix(method, "HTTP/")
	coding, chunked := field("Transfer-Encoding")
	length, sized := field("Content-Length")
	switch {
	case response && m.bodiless(status):
	case chunked && strings.HasSuffix(strings.ToLower(coding), "chunked"):
		if n = chunksEnd(m.buf, head); n <= 0 {
			return n
		}
	case sized:
		k, err := strconv.ParseUint(length, 10, 31)
		if err != nil {
			return -1
		}
		if n = head + int(k); n > maxMessage {
			return -1
		}
	case response:
		return 0 // until the connection is closed
	}
	if len(m.buf) < n {
		return n
	}
	if !response {
		m.pair.add(method)
	} else if !strings.HasPrefix(status, "1") {
		m.pair.drop()
	}
	return n
}

// bodiless tells responses that have no body whatever their header says.
func (m *Messages) bodiless(status string) bool {
	asked := m.pair.first()
	return len(status) < 3 || status[0] == '1' || status[:3] == "204" || status[:3] == "304" ||
		asked == "HEAD" || asked == "CONNECT" && status[0] == '2'
}

// chunksEnd is the end of a chunked body (RFC 9112 §7.1) with its trailer: 0
// while it has not come, -1 if it is none.
func chunksEnd(b []byte, at int) int {
	for {
		i := bytes.Index(b[at:], []byte("\r\n"))
		if i < 0 {
			return 0
		}
		text, _, _ := strings.Cut(string(b[at:at+i]), ";")
		size, err := strconv.ParseUint(strings.TrimSpace(text), 16, 31)
		if err != nil {
			return -1
		}
		at += i + 2
		if size == 0 {
			break
		}
		if at += int(size) + 2; at > len(b) {
			return 0
		}
	}
	for {
		i := bytes.Index(b[at:], []byte("\r\n"))
		if i < 0 {
			return 0
		}
		if at += i + 2; i == 0 {
			return at
		}
	}
}
