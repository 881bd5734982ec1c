package sendrecv

import (
	"fmt"
	"os"
	"testing"

	"pktsh/lab"
)

func TestMain(m *testing.M) {
	// An ordinary user runs all of this in a user namespace.
	if lab.NeedsUserNS() && lab.CanExecInUserNS() == nil {
		status, err := lab.ExecInUserNS(os.Args[1:], nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
		os.Exit(status)
	}
	os.Exit(m.Run())
}
