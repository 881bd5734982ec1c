package repl

import "testing"

func TestOrganisation(t *testing.T) {
	list := []byte("\n# a comment\n00:C0:CA\tAlfa\tAlfa, Inc.\n00:C0:CB\tShort\n00:C0:CC:00:00:00/28\tPart\tPart of a block\n00:C0:CD\tOld\t# Old Name\n")
	for oui, want := range map[uint32]string{0xc0ca: "Alfa, Inc.", 0xc0cb: "Short", 0xc0cc: "", 0xc0cd: "Old Name", 0xc0: ""} {
		if got := organisationIn(list, oui); got != want {
			t.Errorf("%06x: got %q, want %q", oui, got, want)
		}
	}
}
