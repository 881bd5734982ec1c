package py_test

import (
	"context"
	"fmt"
	"os"

	"go.starlark.net/starlark"

	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// An interpreter with one name of its own runs a file, then a line as a prompt
// would.
func Example() {
	route := starlark.NewBuiltin("route", func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return nil, pyrt.Errorf("TypeError", "route() takes exactly one argument (%d given)", len(args))
		}
		return starlark.String("eth0"), nil
	})
	in := py.New(py.Options{Predeclared: map[string]starlark.Value{"route": route}, Stdout: os.Stdout})
	ctx := context.Background()

	src := "def show(dst):\n    print(f'{dst} leaves by {route(dst)}')\n"
	if _, err := in.Exec(ctx, "show.py", src, py.ModeFile); err != nil {
		fmt.Print(py.FormatError(err, false))
	}
	if _, err := in.Exec(ctx, "<in 1>", "show(10.0.0.2)", py.ModeSingle); err != nil {
		fmt.Print(py.FormatError(err, false))
	}
	v, err := in.Exec(ctx, "<in 2>", "len(rout(10.0.0.2))", py.ModeSingle)
	fmt.Println(v)
	fmt.Print(py.FormatError(err, false))
	// Output:
	// 10.0.0.2 leaves by eth0
	// <nil>
	//   line 1: len(rout(10.0.0.2))
	//               ^^^^
	// NameError: name 'rout' is not defined (did you mean 'route'?)
}
