package lab

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestHTTP is what a person types into a connection to port 80.
func TestHTTP(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n"
	for _, c := range []struct {
		name, sent string
		status     []int // of the answers, in order, until the server closes
	}{
		{"page", "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n", []int{200}},
		{"two on one connection, then 1.0", get + get + "GET / HTTP/1.0\r\n\r\n", []int{200, 200, 200}},
		{"bare newlines and an empty line first", "\r\nGET / HTTP/1.0\n\n", []int{200}},
		{"whole URL with a query", "GET http://lab/?q=1 HTTP/1.0\r\n\r\n", []int{200}},
		{"body is read over", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /x HTTP/1.0\r\n\r\n", []int{200, 404}},
		{"1.0 kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", []int{200, 200}},
		{"no host", "GET / HTTP/1.1\r\n\r\n", []int{400}},
		{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []int{400}},
		{"no such page", "GET /nothing HTTP/1.0\r\n\r\n", []int{404}},
		{"no HTTP", "hello\r\n", []int{400}},
		{"space before a colon", "GET / HTTP/1.0\r\nA : b\r\n\r\n", []int{400}},
		{"bad length", "GET / HTTP/1.0\r\nContent-Length: 1x\r\n\r\n", []int{400}},
		{"negative length", "GET / HTTP/1.0\r\nContent-Length: -1\r\n\r\n", []int{400}},
		{"large body", "GET / HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n", []int{413}},
		{"long head", "GET / HTTP/1.0\r\nA: " + strings.Repeat("a", maxRequestHead) + "\r\n\r\n", []int{431}},
		{"chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []int{501}},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{505}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, out := talkHTTP(t, c.sent)
			defer out.Close()
			for i, want := range c.status {
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatalf("answer %d: %v", i, err)
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil || int64(len(body)) != resp.ContentLength {
					t.Errorf("answer %d: body of %d bytes (%v), want %d", i, len(body), err, resp.ContentLength)
				}
				if resp.StatusCode != want {
					t.Errorf("answer %d: got %s, want %d", i, resp.Status, want)
				}
				if want == 200 && string(body) != page {
					t.Errorf("answer %d: got %q, want the page", i, body)
				}
			}
			if b, err := in.ReadByte(); err != io.EOF {
				t.Errorf("after the answers: got %q, %v, want the end", b, err)
			}
		})
	}
}

func TestHTTPHead(t *testing.T) {
	in, out := talkHTTP(t, "HEAD / HTTP/1.0\r\n\r\n")
	defer out.Close()
	resp, err := http.ReadResponse(in, &http.Request{Method: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.ContentLength != int64(len(page)) {
		t.Errorf("got %s and length %d, want 200 and %d", resp.Status, resp.ContentLength, len(page))
	}
	if rest, err := io.ReadAll(in); len(rest) > 0 || err != nil {
		t.Errorf("HEAD got a body: %q, %v", rest, err)
	}
}

// talkHTTP sends a request to serveHTTP and returns what it answers.
func talkHTTP(t *testing.T, sent string) (*bufio.Reader, net.Conn) {
	t.Helper()
	client, srv := net.Pipe()
	go func() {
		serveHTTP(srv)
		srv.Close()
	}()
	go io.WriteString(client, sent) // fails when the server is done before
	return bufio.NewReader(client), client
}
