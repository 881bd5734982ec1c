package stream

import (
	"bytes"
	"strconv"
	"strings"
)

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

// An httpMessage is what is known of a message that may not be whole. Each byte is looked at
// once, however many pieces the message comes in.
type httpMessage struct {
	head    int // where the header ends; 0 while that is not known
	end     int // where the message ends; 0 while that is not known
	at      int // chunked: where the line begins that tells of the next chunk, or of the trailer
	looked  int // no line that is looked for ends before here
	chunked bool
	trailer bool // the last chunk was there
	open    bool // only the end of the connection ends it

	request  string // its method; "" for a response
	answered bool   // it is the final response to a request
}

// length is where the message at the start of b ends: 0 while that is not known, -1 if it can never be.
func (h *httpMessage) length(b []byte, asked *Requests) int {
	if h.head == 0 {
		i := h.find(b, 0, "\r\n\r\n")
		if i < 0 {
			return 0
		}
		if !h.readHead(string(b[:i]), asked) {
			return -1
		}
	}
	if h.chunked && h.end == 0 {
		var sound bool
		if h.end, sound = h.chunks(b); !sound {
			return -1
		}
	}
	return h.end
}

// find is where what begins at from or behind it, -1 if it does not in what there is.
func (h *httpMessage) find(b []byte, from int, what string) int {
	from = max(from, h.looked)
	if from < len(b) {
		if i := bytes.Index(b[from:], []byte(what)); i >= 0 {
			h.looked = from + i
			return from + i
		}
	}
	h.looked = max(from, len(b)-len(what)+1)
	return -1
}

// readHead reads the header, without the empty line behind it; ok is false if it is malformed.
func (h *httpMessage) readHead(text string, asked *Requests) (ok bool) {
	h.head = len(text) + 4
	lines := strings.Split(text, "\r\n")
	field := func(name string) (string, bool) {
		for _, l := range lines[1:] {
			k, v, ok := strings.Cut(l, ":")
			if ok && strings.EqualFold(k, name) {
				return strings.TrimSpace(v), true
			}
		}
		return "", false
	}
	method, status, response := strings.Cut(lines[0], " ")
	if response = response && strings.HasPrefix(method, "HTTP/"); response {
		h.answered = !strings.HasPrefix(status, "1")
	} else {
		h.request = method
	}
	coding, coded := field("Transfer-Encoding")
	length, sized := field("Content-Length")
	switch {
	case response && bodiless(status, asked.first()):
		h.end = h.head
	case coded && strings.HasSuffix(strings.ToLower(coding), "chunked"):
		h.chunked, h.at = true, h.head
	case sized:
		k, err := strconv.ParseUint(length, 10, 31)
		if err != nil || h.head+int(k) > maxMessage {
			return false
		}
		h.end = h.head + int(k)
	case response:
		h.open = true
	default:
		h.end = h.head
	}
	return true
}

// bodiless tells responses that have no body whatever their header says (RFC 9112 §6.3).
func bodiless(status, asked string) bool {
	return len(status) < 3 || status[0] == '1' || status[:3] == "204" || status[:3] == "304" ||
		asked == "HEAD" || asked == "CONNECT" && status[0] == '2'
}

// chunks is the end of a chunked body (RFC 9112 §7.1) with its trailer, 0 while it has not
// come; sound is false if it is none.
func (h *httpMessage) chunks(b []byte) (end int, sound bool) {
	for {
		i := h.find(b, h.at, "\r\n")
		if i < 0 {
			return 0, true
		}
		line := b[h.at:i]
		h.at = i + 2
		if h.trailer {
			if len(line) == 0 {
				return h.at, true
			}
			continue
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 31)
		if err != nil {
			return 0, false
		}
		if size == 0 {
			h.trailer = true
			continue
		}
		h.at += int(size) + 2
	}
}

// tell keeps of a whole message what later ones depend on.
func (h *httpMessage) tell(asked *Requests) {
	if h.request != "" {
		asked.add(h.request)
	} else if h.answered {
		asked.drop()
	}
}
