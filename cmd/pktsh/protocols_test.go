package main

import (
	"flag"
	"os"
	"testing"

	"pktsh/layers"
)

var update = flag.Bool("update", false, "write docs/protocols.md anew")

// docs/protocols.md is made of the tables: go test ./cmd/pktsh -run TestProtocolTable -update
func TestProtocolTable(t *testing.T) {
	const page = "../../docs/protocols.md"
	want := layers.ProtocolTable()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/protocols.md is not what the tables say: go test ./cmd/pktsh -run TestProtocolTable -update")
	}
}
