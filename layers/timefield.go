package layers

import (
	"fmt"
	"time"
)

// epoch2000 is where the clock of DHCPv6's identifiers begins (RFC 8415 §11.2),
// in seconds of Unix time.
const epoch2000 = 946684800

// timeField is a number of 32 bits that counts ticks since epoch, perSecond of
// them a second; show and repr say the time and the number.
func timeField(name string, epoch int64, perSecond uint64) Field {
	return Field{Name: name, Bits: 32, Type: "UTCTimeField", Text: func(_ *Layer, v any) (string, bool) {
		n, ok := v.(uint64)
		if !ok {
			return "", false
		}
		at := int64(n/perSecond) + epoch
		return fmt.Sprintf("%s (%d)", time.Unix(at, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"), at), true
	}}
}
