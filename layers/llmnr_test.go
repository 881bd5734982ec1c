package layers

import "testing"

// Which of the two tables reads a message is told by its bit qr.
func TestLLMNR(t *testing.T) {
	below := NewPacket(New(IP), New(UDP))
	for _, c := range []struct {
		layer *Layer
		an    List
		want  string
	}{
		{New(LLMNRQuery), List{}, "LLMNRQuery who has 'vista.'"},
		{New(LLMNRResponse), List{one(DNSRR, "rrname", "vista.", "rdata", "10.0.0.1")}, "LLMNRResponse 'vista.' is at '10.0.0.1'"},
	} {
		for name, v := range map[string]any{"id": 7, "qd": List{one(DNSQR, "qname", "vista.")}, "an": c.an} {
			if err := c.layer.Set(c.layer.proto.Index(name), v); err != nil {
				t.Fatal(err)
			}
		}
		p := NewPacket(append(below.Clone().layers, c.layer)...)
		wire, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		got := Dissect(IP, wire)
		if last := got.At(got.Len() - 1); last.Proto() != c.layer.proto {
			t.Fatalf("%s is read as %s", c.layer.proto, last.Proto())
		}
		if s, want := got.Summary(), "IP / UDP 127.0.0.1:5355 > 127.0.0.1:5355 / "+c.want; s != want {
			t.Errorf("summary %q, want %q", s, want)
		}
	}
}
