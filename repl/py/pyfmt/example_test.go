package pyfmt_test

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

func Example() {
	th := new(starlark.Thread)
	fmt.Println(pyfmt.Repr(starlark.Tuple{starlark.String("it's"), starlark.Bytes("\x00a"), starlark.Float(1)}))

	s, _ := pyfmt.FormatValue(th, starlark.MakeInt(80), "#06x") // f"{80:#06x}"
	fmt.Println(s)
	s, _ = pyfmt.Percent(th, "%-6s|%5.1f", starlark.Tuple{starlark.String("rtt"), starlark.Float(12.34)})
	fmt.Println(s)
	_, err := pyfmt.Format(th, "{1}", starlark.Tuple{starlark.None}, nil)
	fmt.Println(err)
	// Output:
	// ("it's", b'\x00a', 1.0)
	// 0x0050
	// rtt   | 12.3
	// Replacement index 1 out of range for positional args tuple
}
