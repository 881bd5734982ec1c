package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
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
	n := 0
	for name, file := range sources(t) {
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				ast.Inspect(d, func(node ast.Node) bool {
					if table := namesTable(node); table != "" {
						n++
						if !seen[table] && !slices.Contains(nobody, table) {
							t.Errorf("%s: the catalogue does not name %s", name, table)
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

// sources are the files of this package but for its tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, f := range entries {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		if files[f.Name()], err = parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestTablesMadeLaterAreAskedFor finds code that takes the rows of a table from its variable:
// one that is made when first used has none before. X.Use().Fields has it made.
func TestTablesMadeLaterAreAskedFor(t *testing.T) {
	files := sources(t)
	later := map[string]bool{} // variables whose tables are made
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			v, ok := node.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || len(v.Values) != 1 {
				return true
			}
			ast.Inspect(v.Values[0], func(node ast.Node) bool {
				if kv, ok := node.(*ast.KeyValueExpr); ok {
					key, _ := kv.Key.(*ast.Ident)
					later[v.Names[0].Name] = later[v.Names[0].Name] || key != nil && key.Name == "make"
				}
				return true
			})
			return true
		})
	}
	if !later["GRE"] || later["TCP"] {
		t.Fatal("tables that are made were not found")
	}
	for name, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			if sel, ok := node.(*ast.SelectorExpr); ok && sel.Sel.Name == "Fields" {
				if of, ok := sel.X.(*ast.Ident); ok && later[of.Name] {
					t.Errorf("%s: %s.Fields: want %s.Use().Fields", name, of.Name, of.Name)
				}
			}
			return true
		})
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

// TestHooksAreKept has a table that is made take each kind of hook that a link may set: takeHooks
// names them one by one.
func TestHooksAreKept(t *testing.T) {
	linked := Table{
		Dispatch: func([]byte) *Proto { return nil }, PayloadLen: func(*Layer, int, []byte) int { return 0 },
		Behind: func(At, []byte) *Proto { return nil }, Next: func(At, []byte) *Proto { return nil },
		Summary: func(At) (string, []*Proto) { return "", nil }, Answers: func(at, to At) bool { return false },
		Key: func(dst []byte, _ At, _ bool) []byte { return dst }, Finish: func(*Build) {},
		pseudo: func(*Build, int) bool { return false }, addrs: func(*Layer, []byte) int { return 0 },
	}
	own := []string{"Read", "Write", "Dissect", "HeaderLen", "Trailer"} // which stand in the table itself
	var made Table
	made.takeHooks(&linked)
	for v, i := reflect.ValueOf(made), 0; i < v.NumField(); i++ {
		if f := v.Type().Field(i); f.Type.Kind() == reflect.Func && v.Field(i).IsNil() && !slices.Contains(own, f.Name) {
			t.Errorf("the hook %s is lost", f.Name)
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
