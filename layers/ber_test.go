package layers

import (
	"encoding/hex"
	"math"
	"testing"
)

// The contents of X.690's examples and of values at the ends of their ranges.
func TestBERContents(t *testing.T) {
	for _, c := range []struct {
		k    berKind
		v    any
		want string
	}{
		{berInt, uint64(0), "00"},
		{berInt, uint64(127), "7f"},
		{berInt, uint64(128), "0080"},
		{berInt, uint64(256), "0100"},
		{berInt, int64(-128), "80"},
		{berInt, int64(-129), "ff7f"},
		{berInt, int64(math.MinInt64), "8000000000000000"},
		{berInt, uint64(math.MaxUint64), "00ffffffffffffffff"},
		{berObject, "2.100.3", "813403"}, // X.690 §8.19.5
		{berObject, "2.999.3", "883703"},
		{berObject, "1.3.6.1.4.1.9223372036854775807", "2b06010401ffffffffffffffff7f"},
		{berBytes, []byte("a"), "61"},
	} {
		got := hex.EncodeToString(c.k.append(nil, c.v))
		if got != c.want {
			t.Errorf("%v is written as %s, want %s", c.v, got, c.want)
		}
		b, _ := hex.DecodeString(c.want)
		if v, ok := c.k.read(b); !ok || !equalValue(v, c.v) {
			t.Errorf("%s reads as %v (%v), want %v", c.want, v, ok, c.v)
		}
	}
}

// Lengths in more bytes than they need, as net-snmp writes them, stand as long
// as nothing behind them changes.
func TestSNMPLongLengths(t *testing.T) {
	in := "3082002a02010104067075626c6963a082001b020101020100020100308200" + "0e3082000a06062b0601020101" + "0500"
	b, err := hex.DecodeString(in)
	if err != nil {
		t.Fatal(err)
	}
	b[3] = byte(len(b) - 4)
	p := Dissect(SNMP, b)
	if n := len(p.Notes()); n != 0 || p.Len() != 1 {
		t.Fatalf("%v %v", p, p.Notes())
	}
	lookIntoValue(p.At(0).Value(snmpPDUField))
	if out, err := p.Build(); err != nil || string(out) != string(b) {
		t.Errorf("rebuilt as %x (%v), want %x", out, err, b)
	}
	pdu := p.At(0).Value(snmpPDUField).(*Packet)
	if err := pdu.At(0).SetField("id", uint64(70000)); err != nil {
		t.Fatal(err)
	}
	if got := pdu.At(0).Value(berFirst); got != uint64(70000) {
		t.Errorf("id is %v", got)
	}
}

func TestSNMPAnswers(t *testing.T) {
	ask := one(SNMP, "PDU", one(SNMPnext, "id", 7))
	for _, c := range []struct {
		pdu  *Packet
		want bool
	}{
		{one(SNMPresponse, "id", 7), true},
		{one(SNMPresponse, "id", 8), false},
		{one(SNMPget, "id", 7), false},
	} {
		p := one(SNMP, "PDU", c.pdu)
		if p.Answers(ask) != c.want {
			t.Errorf("%s answers: want %v", p.Command(), c.want)
		}
		if same := string(p.HashRet()) == string(ask.HashRet()); c.want && !same {
			t.Errorf("%s: hashes differ", p.Command())
		}
	}
}
