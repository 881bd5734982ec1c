// Package labtest runs a package's tests where they may make network namespaces.
package labtest

import (
	"fmt"
	"os"
	"testing"

	"pktsh/lab"
)

// Main is a TestMain. An ordinary user's tests run in a user namespace of their own,
// where there can be one; tests that need more find out by lab.CanMake.
func Main(m *testing.M) {
	if !lab.NeedsUserNS() || lab.CanExecInUserNS() != nil {
		os.Exit(m.Run())
	}
	status, err := lab.ExecInUserNS(os.Args[1:], nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}
