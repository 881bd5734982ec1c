package filter

import (
	"testing"

	"pktsh/internal/labtest"
)

func TestMain(m *testing.M) { labtest.Main(m) }
