package layers

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// HTTP/1 messages (RFC 9112). A header that has a field of its own is set by
// that field, with "_" for "-"; any other, and what comes twice, is in
// Unknown_Headers. A dissected message keeps its order and spelling.

// HTTP is the place of a message on TCP; its payload is a request or a response.
var HTTP = &Proto{Name: "HTTP", Table: Table{
	Title:     "HTTP 1",
	Flat:      true,
	Doc:       "HTTP/1 message (RFC 9112)",
	WeakGuess: true,
	Next: func(at At, payload []byte) *Proto {
		switch first, _, _ := bytes.Cut(payload, []byte("\n")); {
		case httpRequest.begins(first):
			return HTTPRequest
		case httpResponse.begins(first):
			return HTTPResponse
		}
		return NoNext
	},
}}

// httpHeaders are the headers that have fields, in the order they are sent in.
const (
	httpRequestHeaders = `A_IM Accept Accept_Charset Accept_Datetime Accept_Encoding Accept_Language
		Access_Control_Request_Headers Access_Control_Request_Method Authorization Cache_Control Connection
		Content_Length Content_MD5 Content_Type Cookie DNT Date Expect Forwarded From Front_End_Https HTTP2_Settings Host
		If_Match If_Modified_Since If_None_Match If_Range If_Unmodified_Since Keep_Alive Max_Forwards Origin Permanent
		Pragma Proxy_Authorization Proxy_Connection Range Referer Save_Data TE Upgrade Upgrade_Insecure_Requests
		User_Agent Via Warning X_ATT_DeviceId X_Correlation_ID X_Csrf_Token X_Forwarded_For X_Forwarded_Host
		X_Forwarded_Proto X_Http_Method_Override X_Request_ID X_Requested_With X_UIDH X_Wap_Profile`
	httpResponseHeaders = `Accept_Patch Accept_Ranges Access_Control_Allow_Credentials Access_Control_Allow_Headers
		Access_Control_Allow_Methods Access_Control_Allow_Origin Access_Control_Expose_Headers Access_Control_Max_Age Age
		Allow Alt_Svc Cache_Control Connection Content_Disposition Content_Encoding Content_Language Content_Length
		Content_Location Content_MD5 Content_Range Content_Security_Policy Content_Type Date Delta_Base ETag Expires IM
		Keep_Alive Last_Modified Link Location P3P Permanent Pragma Proxy_Authenticate Public_Key_Pins Refresh
		Retry_After Server Set_Cookie Status Strict_Transport_Security Timing_Allow_Origin Tk Trailer
		Transfer_Encoding Upgrade Vary Via WWW_Authenticate Warning X_Content_Duration X_Content_Security_Policy
		X_Content_Type_Options X_Correlation_ID X_Frame_Options X_Powered_By X_Request_ID X_UA_Compatible
		X_XSS_Protection`
)

// An httpKind is what tells a request from a response: its first line.
type httpKind struct {
	first   [3]string              // the fields of its first line
	version int                    // which of them is the version
	ok      func(w [3][]byte) bool // whether the others are what they should be

}

var (
	httpRequest = &httpKind{first: [3]string{"Method", "Path", "Http_Version"}, version: 2,
		ok: func(w [3][]byte) bool { return isToken(w[0]) && len(w[1]) > 0 }}
	httpResponse = &httpKind{first: [3]string{"Http_Version", "Status_Code", "Reason_Phrase"}, version: 0,
		ok: func(w [3][]byte) bool { return len(w[1]) == 3 && len(bytes.Trim(w[1], "0123456789")) == 0 }}
)

// HTTPRequest is a request (RFC 9112 §3). Unless Content_Length is set or the
// body is chunked, it is that of the payload.
var HTTPRequest = &Proto{Name: "HTTPRequest", make: func() Table {
	return httpMessage("HTTP Request", "HTTP/1 request (RFC 9112 §3)",
		httpRequest, []string{"GET", "/", "HTTP/1.1"}, httpRequestHeaders, func(at At) (string, []*Proto) {
			return fmt.Sprintf("%s '%s' ", httpText(at, 0), httpText(at, 1)), nil
		})
}}

// HTTPResponse is a response (RFC 9112 §4), with its Content_Length as HTTPRequest's.
var HTTPResponse = &Proto{Name: "HTTPResponse", make: func() Table {
	return httpMessage("HTTP Response", "HTTP/1 response (RFC 9112 §4)",
		httpResponse, []string{"HTTP/1.1", "200", "OK"}, httpResponseHeaders, func(at At) (string, []*Proto) {
			return httpText(at, 1) + " " + httpText(at, 2), nil
		})
}}

func httpText(at At, i int) string {
	b, _ := toBytes(First(at.Value(i)))
	return string(b)
}

func httpMessage(title, doc string, kind *httpKind, defaults []string, headers string, summary func(At) (string, []*Proto)) Table {
	p := Table{Title: title, Doc: doc, Summary: summary, Read: kind.read, Write: kind.write}
	names := strings.Fields(headers)
	p.Fields = make([]Field, 0, len(kind.first)+len(names)+1)
	for i, f := range kind.first {
		p.Fields = append(p.Fields, Field{Name: f, Kind: Var, Type: "_HTTPHeaderField", Codec: httpValue{}, DefaultValue: []byte(defaults[i])})
	}
	for _, f := range names {
		p.Fields = append(p.Fields, Field{Name: f, Kind: Var, Type: "_HTTPHeaderField", Codec: httpValue{}})
	}
	p.Fields = append(p.Fields, Field{Name: "Unknown_Headers", Kind: Var, Type: "_HTTPHeaderField", Codec: httpRest{}})
	return p
}

// begins tells whether line, with or without its end, is this kind's first.
func (k *httpKind) begins(line []byte) bool {
	_, ok := k.words(line)
	return ok
}

func (k *httpKind) words(line []byte) (w [3][]byte, ok bool) {
	parts := bytes.SplitN(bytes.TrimRight(line, "\r\n"), []byte(" "), 3)
	if len(parts) < 2 || len(parts) < 3 && k.version == 2 {
		return w, false
	}
	copy(w[:], parts)
	if w[2] == nil {
		w[2] = []byte{}
	}
	return w, bytes.HasPrefix(w[k.version], []byte("HTTP/")) && k.ok(w)
}

// isToken tells a method's name (RFC 9110 §5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return len(b) > 0
}

// httpLines are the lines of the message in b, their ends in them, up to and
// with the empty one that ends the header.
func httpLines(b []byte) (lines [][]byte, size int) {
	for size < len(b) {
		n := len(b) - size
		if i := bytes.IndexByte(b[size:], '\n'); i >= 0 {
			n = i + 1
		}
		line := b[size : size+n]
		lines = append(lines, line)
		if size += n; len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	return lines, size
}

// httpSplit is a header line's name and value, ok=false if it is none.
func httpSplit(line []byte) (name, value []byte, ok bool) {
	name, value, ok = bytes.Cut(line, []byte(":"))
	return name, bytes.TrimSpace(value), ok && len(name) > 0
}

// httpField is the field of p that holds the header called name, the last
// field if it has none.
func httpField(p *Proto, name []byte) int {
	want := strings.ReplaceAll(string(name), "-", "_")
	if i := p.Index(want); i >= 3 {
		return i
	}
	for i := 3; i < len(p.Fields)-1; i++ {
		if strings.EqualFold(p.Fields[i].Name, want) {
			return i
		}
	}
	return len(p.Fields) - 1
}

func (k *httpKind) read(l *Layer, b []byte) (int, error) {
	lines, size := httpLines(b)
	if len(lines) == 0 {
		return 0, ErrTruncated
	}
	words, ok := k.words(lines[0])
	if !ok {
		return 0, fmt.Errorf("%q begins no HTTP/1 message", cutText(lines[0]))
	}
	for i, w := range words {
		l.take(i, w)
	}
	var rest []byte
	last := len(l.proto.Fields) - 1
	for _, line := range lines[1:] {
		name, value, ok := httpSplit(line)
		if !ok {
			continue // stays in its place, unread
		}
		if i := httpField(l.proto, name); i < last && !l.IsSet(i) {
			l.take(i, value)
		} else {
			rest = append(append(rest, bytes.TrimRight(line, "\r\n")...), '\n')
		}
	}
	if rest != nil {
		l.take(last, rest)
	}
	return size, nil
}

func cutText(b []byte) []byte { return b[:min(len(b), 20)] }

// write gives a dissected message its own lines where nothing was changed, and
// what is new behind them.
func (k *httpKind) write(b *Build) ([]byte, error) {
	l := b.Layer()
	out := b.Out
	line := func(i int, name string) {
		if v, ok := k.value(b, i); ok {
			out = append(append(append(append(out, name...), ": "...), v...), "\r\n"...)
		}
	}
	var done uint64
	lines, _ := httpLines(l.src)
	last := len(l.proto.Fields) - 1
	if len(lines) > 0 && l.asRead(0) && l.asRead(1) && l.asRead(2) {
		out = append(out, lines[0]...)
	} else {
		for i := range 3 {
			if i > 0 {
				out = append(out, ' ')
			}
			v, _ := k.value(b, i)
			out = append(out, v...)
		}
		out = append(out, "\r\n"...)
	}
	end := []byte("\r\n")
	if len(lines) > 0 {
		end = nil // the header was cut off, unless
		if n := len(lines) - 1; n > 0 && len(bytes.TrimRight(lines[n], "\r\n")) == 0 {
			end, lines = lines[n], lines[:n]
		}
		for _, text := range lines[1:] {
			name, _, ok := httpSplit(text)
			i := httpField(l.proto, name)
			if ok && done>>uint(i)&1 != 0 {
				i = last // comes twice
			}
			switch {
			case !ok || l.asRead(i):
				out = append(out, text...)
			case i < last:
				line(i, string(name))
			}
			if ok && i < last {
				done |= 1 << uint(i)
			}
		}
	}
	for i := 3; i < last; i++ {
		if done>>uint(i)&1 == 0 {
			line(i, strings.ReplaceAll(l.proto.Fields[i].Name, "_", "-"))
		}
	}
	if !l.asRead(last) {
		headers, _ := l.own(last).(Dict)
		for _, h := range headers {
			name, _ := toBytes(h[0])
			value, _ := toBytes(h[1])
			out = append(append(append(append(out, name...), ": "...), value...), "\r\n"...)
		}
	}
	return append(out, end...), nil
}

// value is what field i says, ok=false where it is not sent.
func (k *httpKind) value(b *Build, i int) ([]byte, bool) {
	l := b.Layer()
	if l.IsSet(i) {
		return toBytes(First(l.own(i)))
	}
	if v, ok := l.proto.Fields[i].DefaultValue.([]byte); ok {
		return v, true
	}
	if l.proto.Fields[i].Name != "Content_Length" || l.src != nil && !l.hadHeader("Content-Length") {
		return nil, false
	}
	if t := l.proto.Index("Transfer_Encoding"); t >= 0 && l.IsSet(t) {
		return nil, false
	}
	body := 0
	if b.I+1 < b.P.Len() {
		p := b.P.From(b.I + 1)
		for n := p.Len(); n > 0 && p.layers[n-1].proto == Padding; n-- {
			p.Truncate(n - 1)
		}
		data, err := p.Build()
		if err != nil {
			return nil, false // it is told when its own turn comes
		}
		body = len(data)
	}
	return strconv.AppendInt(nil, int64(body), 10), true
}

func (l *Layer) hadHeader(name string) bool {
	lines, _ := httpLines(l.src)
	for _, line := range lines {
		if n, _, ok := httpSplit(line); ok && strings.EqualFold(string(n), name) {
			return true
		}
	}
	return false
}

// httpValue is a header's value: bytes, text or a number.
type httpValue struct{}

func (httpValue) Decode(_ *Layer, b []byte) any { return b }

func (httpValue) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(dst, b...), nil
}

func (c httpValue) Parse(l *Layer, v any) (any, error) {
	if list, ok := v.(List); ok {
		return parseSet(list, func(m any) (any, error) { return c.Parse(l, m) })
	}
	if n, ok := toUint(v); ok {
		return strconv.AppendUint(nil, n, 10), nil
	}
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes or text", describe(v))
	}
	return b, nil
}

func (httpValue) empty() string { return "None" }

// httpRest is the headers that have no field, by name.
type httpRest struct{}

func (httpRest) empty() string { return "None" }

func (httpRest) Decode(_ *Layer, b []byte) any {
	out := Dict{}
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		if name, value, ok := httpSplit(line); ok {
			out = append(out, Tuple{name, value})
		}
	}
	return out
}

func (httpRest) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	d, _ := v.(Dict)
	for _, h := range d {
		name, _ := toBytes(h[0])
		value, _ := toBytes(h[1])
		dst = append(append(append(append(dst, name...), ": "...), value...), '\n')
	}
	return dst, nil
}

func (httpRest) Parse(_ *Layer, v any) (any, error) {
	d, ok := v.(Dict)
	if !ok {
		return nil, fmt.Errorf("got %s, want a dict such as {\"X-Name\": \"value\"}", describe(v))
	}
	out := make(Dict, len(d))
	for i, h := range d {
		name, ok := toBytes(h[0])
		value, ok2 := toBytes(h[1])
		if !ok || !ok2 {
			return nil, fmt.Errorf("got %s: %s, want text", describe(h[0]), describe(h[1]))
		}
		out[i] = Tuple{name, value}
	}
	return out, nil
}

func httpTables() family {
	return family{
		tables: []*Proto{HTTP, HTTPRequest, HTTPResponse},
		bind:   func() { mustBindDown(TCP, HTTP, "sport", 80, "dport", 80) },
	}
}
