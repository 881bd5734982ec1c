package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
)

// argv is sys.argv, one list for the process.
var argv = starlark.NewList(nil)

// SetArgv gives sys.argv its values: the script's name and its arguments.
func SetArgv(args []string) error {
	list := make([]starlark.Value, len(args))
	for i, a := range args {
		list[i] = starlark.String(a)
	}
	return pymeth.SetElems(argv, list)
}

// Modules are the standard modules by name.
func Modules() map[string]starlark.Value {
	out := map[string]starlark.Value{}
	for _, m := range []*Module{argparseModule(), base64Module(), binasciiModule(), collectionsModule(), copyModule(), functoolsModule(), hashlibModule(),
		ipaddressModule(), itertoolsModule(), jsonModule(), loggingModule(), mathModule(), osModule(), queueModule(), randomModule(), reModule(),
		stringModule(), structModule(), subprocessModule(), sysModule(), threadingModule(), timeModule()} {
		out[m.name] = m
	}
	return out
}
