// Package wait is how the built-ins of the modules wait: for time to pass, for a
// socket, for a process. It is what makes Ctrl-C end any of them.
package wait

import (
	"context"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// Do runs fn, which waits. When the user interrupts, fn's context ends and Do
// raises KeyboardInterrupt, as Python's own waits do.
func Do(th *starlark.Thread, fn func(ctx context.Context) error) error {
	ended := false
	err := pyrt.Block(th, func(ctx context.Context) error {
		err := fn(ctx)
		ended = err != nil && ctx.Err() != nil
		return err
	})
	if ended {
		return pyrt.Errorf("KeyboardInterrupt", "")
	}
	return err
}
