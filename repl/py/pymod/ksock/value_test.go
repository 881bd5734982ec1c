package ksock

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pyrt"
)

// do calls a method of a socket object as a script does.
func do(th *starlark.Thread, recv starlark.HasAttrs, name string, args ...starlark.Value) (starlark.Value, error) {
	m, err := recv.Attr(name)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fmt.Errorf("no attribute %s", name)
	}
	return m.(starlark.Callable).CallInternal(th, args, nil)
}

func must(t *testing.T) func(v starlark.Value, err error) starlark.Value {
	return func(v starlark.Value, err error) starlark.Value {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestMakefile(t *testing.T) {
	c, s := pair(t, network(t), unix.AF_INET, "127.0.0.1")
	th, ok := new(starlark.Thread), must(t)
	ok(do(th, NewValue(s), "sendall", starlark.Bytes("one\r\ntwo\nthree")))
	ok(do(th, NewValue(s), "shutdown", starlark.MakeInt(unix.SHUT_WR)))
	f := ok(do(th, NewValue(c), "makefile", starlark.String("rw"))).(starlark.HasAttrs)
	if line := ok(do(th, f, "readline")); line != starlark.String("one\n") {
		t.Errorf("first line %v", line)
	}
	rest := ok(do(th, f, "readlines"))
	if got := rest.String(); got != `["two\n", "three"]` {
		t.Errorf("other lines %s", got)
	}
	ok(do(th, f, "write", starlark.String("reply")))
	raw := ok(do(th, NewValue(s), "makefile", starlark.String("rb"))).(starlark.HasAttrs)
	if b := ok(do(th, raw, "read", starlark.MakeInt(5))); b != starlark.Bytes("reply") {
		t.Errorf("read %v", b)
	}
	if _, err := do(th, NewValue(c), "makefile", starlark.String("x")); kind(err) != "ValueError" {
		t.Errorf("makefile('x'): %v", err)
	}
}

func kind(err error) string {
	var k interface{ Kind() string }
	if errors.As(err, &k) {
		return k.Kind()
	}
	return fmt.Sprint(err)
}

func TestValue(t *testing.T) {
	ns := network(t)
	th, ok := new(starlark.Thread), must(t)
	_, addr := listener(t, ns, unix.AF_INET, "127.0.0.1")
	v := NewValue(open(t, ns, unix.AF_INET, unix.SOCK_STREAM))
	to := starlark.Tuple{starlark.String("127.0.0.1"), starlark.MakeInt(int(addr.Port()))}
	if n := ok(do(th, v, "connect_ex", to)); n != starlark.MakeInt(0) {
		t.Errorf("connect_ex: %v", n)
	}
	if got := ok(do(th, v, "getpeername")); got.String() != to.String() {
		t.Errorf("getpeername: %v, want %v", got, to)
	}
	if r := v.PyRepr(); !strings.Contains(r, "raddr=('127.0.0.1', ") || !strings.HasPrefix(r, "<socket.socket fd=") {
		t.Errorf("repr %s", r)
	}
	ok(do(th, v, "settimeout", starlark.Float(0.001)))
	if got := ok(do(th, v, "gettimeout")); got != starlark.Float(0.001) {
		t.Errorf("gettimeout: %v", got)
	}
	if _, err := do(th, v, "recv", starlark.MakeInt(1)); kind(err) != "TimeoutError" || err.Error() != "timed out" {
		t.Errorf("recv: %v, want TimeoutError: timed out", err)
	}
	ok(do(th, v, "setblocking", starlark.False))
	if _, err := do(th, v, "recv", starlark.MakeInt(1)); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("recv: %v, want EAGAIN", err)
	}
	for _, bad := range []struct {
		method, kind string
		args         starlark.Tuple
	}{
		{"connect", "TypeError", starlark.Tuple{starlark.String("127.0.0.1")}},
		{"connect", "OverflowError", starlark.Tuple{starlark.Tuple{starlark.String("127.0.0.1"), starlark.MakeInt(65536)}}},
		{"connect", "socket.gaierror", starlark.Tuple{starlark.Tuple{starlark.String("::1"), starlark.MakeInt(1)}}},
		{"send", "TypeError", starlark.Tuple{starlark.String("text")}},
		{"recv", "ValueError", starlark.Tuple{starlark.MakeInt(-1)}},
		{"settimeout", "ValueError", starlark.Tuple{starlark.Float(-1)}},
	} {
		if _, err := do(th, v, bad.method, bad.args...); kind(err) != bad.kind {
			t.Errorf("%s%v: %v, want %s", bad.method, bad.args, err, bad.kind)
		}
	}
	ok(do(th, v, "close"))
	if _, err := do(th, v, "recv", starlark.MakeInt(1)); !errors.Is(err, unix.EBADF) {
		t.Errorf("recv on a closed socket: %v, want EBADF", err)
	}
}

// TestKeyboardInterrupt interrupts accept() as Ctrl-C does.
func TestKeyboardInterrupt(t *testing.T) {
	l, _ := listener(t, network(t), unix.AF_INET, "127.0.0.1")
	ctx, cancel := context.WithCancel(context.Background())
	th := new(starlark.Thread)
	pyrt.SetContext(th, ctx)
	result := make(chan error)
	go func() {
		_, err := do(th, NewValue(l), "accept")
		result <- err
	}()
	cancel()
	if err := <-result; kind(err) != "KeyboardInterrupt" {
		t.Errorf("accept: %v, want KeyboardInterrupt", err)
	}
}
