package layers

import "testing"

// A dissected message keeps its order and spelling where nothing was changed.
func TestHTTPKeepsWhatWasNotChanged(t *testing.T) {
	const text = "GET /a HTTP/1.1\r\nhost:  h\r\nX-Foo: bar\r\nno colon\r\nAccept: x\r\naccept: y\n\r\nbody"
	edit := func(change func(at At)) string {
		t.Helper()
		p := Dissect(HTTP, []byte(text))
		change(p.At(1))
		b, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	set := func(field string, v any) func(At) {
		return func(at At) {
			if err := at.SetField(field, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(at At)
		want   string
	}{
		{"nothing", func(At) {}, text},
		{"value", set("Host", "new"), "GET /a HTTP/1.1\r\nhost: new\r\nX-Foo: bar\r\nno colon\r\nAccept: x\r\naccept: y\n\r\nbody"},
		{"new header", set("User_Agent", "me"), "GET /a HTTP/1.1\r\nhost:  h\r\nX-Foo: bar\r\nno colon\r\nAccept: x\r\naccept: y\nUser-Agent: me\r\n\r\nbody"},
		{"first line", set("Path", "/b"), "GET /b HTTP/1.1\r\nhost:  h\r\nX-Foo: bar\r\nno colon\r\nAccept: x\r\naccept: y\n\r\nbody"},
		{"unset", set("Accept", nil), "GET /a HTTP/1.1\r\nhost:  h\r\nX-Foo: bar\r\nno colon\r\naccept: y\n\r\nbody"},
		{"unknown ones", set("Unknown_Headers", Dict{{"Z", "1"}}), "GET /a HTTP/1.1\r\nhost:  h\r\nno colon\r\nAccept: x\r\nZ: 1\r\n\r\nbody"},
	} {
		if got := edit(c.change); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestHTTPContentLength(t *testing.T) {
	body := func(text string) *Packet { return one(Raw, "load", text) }
	for _, c := range []struct {
		p    *Packet
		want string
	}{
		{Join(one(HTTPRequest, "Method", "POST"), body("abc")), "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"},
		{Join(one(HTTPRequest, "Content_Length", uint64(9)), body("abc")), "GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"},
		{Join(one(HTTPResponse, "Transfer_Encoding", "chunked"), body("0\r\n\r\n")), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{Join(one(HTTPResponse), body("hi")), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"},
	} {
		if b, err := c.p.Build(); err != nil || string(b) != c.want {
			t.Errorf("got %q (%v), want %q", b, err, c.want)
		}
	}
}
