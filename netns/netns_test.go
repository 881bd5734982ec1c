package netns

import "testing"

func TestInside(t *testing.T) {
	ns, err := New("test")
	if err != nil {
		t.Skipf("needs root or user namespaces: %v", err)
	}
	defer ns.Close()
	here, err := Current("here")
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	var none *NS
	inside := func() [3]bool { return [3]bool{ns.Inside(), here.Inside(), none.Inside()} }
	if got := inside(); got != [3]bool{false, true, true} {
		t.Errorf("outside: got %v", got)
	}
	var got [3]bool
	if err := ns.Do(func() error { got = inside(); return nil }); err != nil || got != [3]bool{true, false, true} {
		t.Errorf("inside: got %v, %v", got, err)
	}
}
