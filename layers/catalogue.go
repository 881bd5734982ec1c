package layers

import (
	"fmt"
	"slices"
	"strings"
)

// specification is where a table's Doc line says a protocol is specified: the
// last pair of brackets.
var specification = &lazyRegexp{expr: `^(.*?)\s*\(([^()]*(?:RFC|IEEE|3GPP|draft|ISO|ITU|pcap|made up)[^()]*)\)\.?$`}

// ProtocolTable is a page of Markdown that lists every protocol with a table of
// its own: each is built and dissected.
func ProtocolTable() string {
	list := slices.DeleteFunc(Protos(), func(p *Proto) bool { return p.defined })
	slices.SortFunc(list, func(a, b *Proto) int {
		return strings.Compare(strings.ToLower(a.Name)+a.Name, strings.ToLower(b.Name)+b.Name)
	})
	var b strings.Builder
	fmt.Fprintf(&b, "# Protocols\n\nMade from the tables by `go test ./cmd/pktsh -run TestProtocolTable -update`.\n\n"+
		"These %d layers are built and dissected, with every field settable: `ls(NAME)` lists their fields. Of what gopacket decodes, SIP and the bodies of CIP are not among them: the shell shows these as Raw, Go programs read them with package layers/gopkt.\n\n"+
		"| name | title | what it is | source |\n|---|---|---|---|\n", len(list))
	cell := strings.NewReplacer("|", "\\|", "\n", " ").Replace
	for _, p := range list {
		doc, source := p.Doc, ""
		if m := specification.get().FindStringSubmatch(doc); m != nil {
			doc, source = m[1], m[2]
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(p.Name), cell(p.TitleText()), cell(doc), cell(source))
	}
	return b.String()
}
