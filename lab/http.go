package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// page is what HTTP answers to GET /.
const page = `<!DOCTYPE html>
<html>
<head><title>pktsh lab</title></head>
<body><h1>It works</h1><p>This page comes from a real kernel socket in a throw-away host.</p></body>
</html>
`

// Bounds of a request. What is longer is answered with an error and the
// connection closed.
const (
	maxRequestHead = 16 << 10
	maxRequestBody = 1 << 20
)

// serveHTTP answers the requests of one client with the page at / (RFC 9112).
// It is no net/http, whose TLS and HTTP/2 would double the program's start-up.
func serveHTTP(c net.Conn) {
	in := bufio.NewReader(c)
	for {
		req, err := readRequest(in)
		if err != nil {
			var bad badRequest
			if errors.As(err, &bad) {
				_ = respond(c, request{close: true}, string(bad), "text/plain; charset=utf-8", string(bad)+"\n")
			}
			return
		}
		status, kind, body := "200 OK", "text/html; charset=utf-8", page
		if req.path != "/" {
			status, kind, body = "404 Not Found", "text/plain; charset=utf-8", "404 page not found\n"
		}
		if respond(c, req, status, kind, body) != nil || req.close {
			return
		}
	}
}

// A request is what the answer depends on.
type request struct {
	path  string
	head  bool // no body is wanted
	close bool // the connection ends after the answer
}

// badRequest is a status to answer with before the connection is closed.
type badRequest string

func (e badRequest) Error() string { return string(e) }

// readRequest reads a request, and over its body.
func readRequest(in *bufio.Reader) (request, error) {
	head := headReader{in: in, left: maxRequestHead}
	line, err := head.line()
	if line == "" && err == nil {
		line, err = head.line() // RFC 9112 §2.2: one empty line is passed over
	}
	if err != nil {
		return request{}, err
	}
	method, rest, _ := strings.Cut(line, " ")
	target, version, ok := strings.Cut(rest, " ")
	if !ok || method == "" || !strings.HasPrefix(version, "HTTP/") {
		return request{}, badRequest("400 Bad Request")
	}
	if version != "HTTP/1.0" && version != "HTTP/1.1" {
		return request{}, badRequest("505 HTTP Version Not Supported")
	}
	req := request{path: pathOf(target), head: method == "HEAD", close: version == "HTTP/1.0"}
	hosts, length := 0, int64(0)
	for {
		line, err := head.line()
		if err != nil {
			return request{}, err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return request{}, badRequest("400 Bad Request")
		}
		value = strings.Trim(value, " \t")
		switch strings.ToLower(name) {
		case "host":
			hosts++
		case "connection":
			switch strings.ToLower(value) {
			case "close":
				req.close = true
			case "keep-alive":
				req.close = false
			}
		case "content-length":
			if _, err := fmt.Sscanf(value+"\n", "%d\n", &length); err != nil || length < 0 {
				return request{}, badRequest("400 Bad Request")
			}
		case "transfer-encoding":
			return request{}, badRequest("501 Not Implemented")
		}
	}
	switch {
	case hosts != 1 && version == "HTTP/1.1", hosts > 1: // RFC 9112 §3.2
		return request{}, badRequest("400 Bad Request")
	case length > maxRequestBody:
		return request{}, badRequest("413 Content Too Large")
	}
	_, err = io.CopyN(io.Discard, in, length)
	return req, err
}

// pathOf is the path of a request's target, which may be a whole URL.
func pathOf(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			target = rest[i:]
		} else {
			target = "/"
		}
	}
	path, _, _ := strings.Cut(target, "?")
	return path
}

// A headReader reads the lines of a request's head, which may be left bytes long.
type headReader struct {
	in   *bufio.Reader
	left int
}

func (h *headReader) line() (string, error) {
	var line []byte
	for {
		part, err := h.in.ReadSlice('\n')
		if h.left -= len(part); h.left < 0 {
			return "", badRequest("431 Request Header Fields Too Large")
		}
		line = append(line, part...)
		if err == nil {
			return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// respond writes an answer, in one segment if it fits.
func respond(c net.Conn, req request, status, kind, body string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\nContent-Type: %s\r\nDate: %s\r\nContent-Length: %d\r\n",
		status, kind, time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), len(body))
	if req.close {
		b.WriteString("Connection: close\r\n")
	}
	b.WriteString("\r\n")
	if !req.head {
		b.WriteString(body)
	}
	_, err := io.WriteString(c, b.String())
	return err
}
