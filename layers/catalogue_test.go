package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCatalogueIsComplete finds each &Proto{Name: …} that stands in a variable of this
// package by its name: a table that the catalogue forgets is none that anybody meets.
func TestCatalogueIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range allProtos() {
		if seen[p.Name] {
			t.Errorf("the catalogue has %s twice", p.Name)
		}
		seen[p.Name] = true
	}
	nobody := []string{"Raw", "NTP"} // NoNext, and what port 123 dispatches by
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				ast.Inspect(d, func(node ast.Node) bool {
					if name := namesTable(node); name != "" {
						n++
						if !seen[name] && !slices.Contains(nobody, name) {
							t.Errorf("%s: the catalogue does not name %s", f.Name(), name)
						}
					}
					return true
				})
			}
		}
	}
	if n < 400 {
		t.Errorf("only %d tables were found", n)
	}
}

// namesTable is the name in a literal of a Proto that has a table, or "".
func namesTable(node ast.Node) (name string) {
	l, ok := node.(*ast.CompositeLit)
	if !ok || len(l.Elts) != 2 {
		return ""
	}
	first, ok := l.Elts[0].(*ast.KeyValueExpr)
	if !ok {
		return ""
	}
	second, ok := l.Elts[1].(*ast.KeyValueExpr)
	if !ok {
		return ""
	}
	if key, ok := second.Key.(*ast.Ident); !ok || key.Name != "make" && key.Name != "Table" {
		return ""
	}
	if text, ok := first.Value.(*ast.BasicLit); ok {
		name, _ = strconv.Unquote(text.Value)
	}
	return name
}

// TestTablesAreRight makes every table's plan and every binding: nothing else
// does before a protocol is first used.
func TestTablesAreRight(t *testing.T) {
	for _, p := range Protos() {
		if err := p.prepare(); err != nil {
			t.Error(err)
		}
	}
	lockBindings()
	defer bindings.Unlock()
	for i := range bindings.tables {
		b := &bindings.tables[i]
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
		if err := (&Proto{Name: "Wrong", Table: Table{Fields: fields}}).prepare(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
