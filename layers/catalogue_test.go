package layers

import "testing"

// TestTablesAreRight makes every table's plan and every binding: nothing else
// does before a protocol is first used.
func TestTablesAreRight(t *testing.T) {
	for _, p := range Protos() {
		if err := p.prepare(); err != nil {
			t.Error(err)
		}
	}
	lockBindings()
	defer registry.Unlock()
	for i := range registry.tables {
		b := &registry.tables[i]
		if b.resolve(); b.named != nil {
			t.Errorf("the binding of %s on %s is not made", b.Upper, b.Lower)
		}
	}
}

// TestWrongTables has each mistake that a table can make found.
func TestWrongTables(t *testing.T) {
	many := make([]Field, 65)
	for i := range many {
		many[i] = Field{Name: string(rune('A' + i)), Bits: 8}
	}
	for want, fields := range map[string][]Field{
		"Wrong has two fields a":                                {{Name: "a", Bits: 8}, {Name: "a", Bits: 8}},
		"Wrong has 65 fields, want at most 64":                  many,
		"Wrong.a is little-endian and no number of whole bytes": {{Name: "a", Bits: 4, Little: true}},
		"Wrong.b does not begin at a byte":                      {{Name: "a", Bits: 4}, {Name: "b", Kind: Addr6, Bits: 128}},
	} {
		if err := (&Proto{Name: "Wrong", Fields: fields}).prepare(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
