package repl

import (
	"bytes"
	"os"
	"strings"
	"sync"

	"pktsh/layers"
)

// manufFiles are where Wireshark keeps the names of organisations, one a line with the first
// bytes of its addresses, a short name and its full one between tabs.
var manufFiles = []string{"/usr/share/wireshark/manuf", "/usr/local/share/wireshark/manuf", "/opt/share/wireshark/manuf"}

// organisations reads Wireshark's list, if the host has it.
var organisations = sync.OnceValue(func() []byte {
	for _, name := range manufFiles {
		if b, err := os.ReadFile(name); err == nil {
			return append([]byte("\n"), b...)
		}
	}
	return nil
})

// organisation is the name that belongs to the first three bytes of an address.
func organisation(oui uint32) string { return organisationIn(organisations(), oui) }

func organisationIn(list []byte, oui uint32) string {
	mac := layers.MAC{byte(oui >> 16), byte(oui >> 8), byte(oui)}
	_, line, found := bytes.Cut(list, []byte("\n"+strings.ToUpper(mac.String()[:8])+"\t"))
	if !found {
		return ""
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	short, full, _ := strings.Cut(string(line), "\t")
	if full = strings.TrimSpace(strings.TrimLeft(full, "#")); full != "" {
		return full
	}
	return short
}
