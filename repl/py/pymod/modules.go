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

// Modules are the standard modules by name. What is in each is made when a
// program first looks: most programs import two or three. openFile is the built-in open().
func Modules(openFile starlark.Value) map[string]starlark.Value {
	open := map[string]func() *Module{
		"argparse": argparseModule, "base64": base64Module, "binascii": binasciiModule, "collections": collectionsModule, "copy": copyModule,
		"datetime": datetimeModule, "errno": errnoModule,
		"functools": functoolsModule, "hashlib": hashlibModule, "ipaddress": ipaddressModule, "itertools": itertoolsModule, "json": jsonModule,
		"logging": loggingModule, "math": mathModule, "os": func() *Module { return osModule(openFile) }, "queue": queueModule, "random": randomModule, "re": reModule,
		"string": stringModule, "struct": structModule, "subprocess": subprocessModule, "sys": sysModule, "threading": threadingModule,
		"time": timeModule, "zlib": zlibModule,
	}
	out := make(map[string]starlark.Value, 2*len(open))
	for name, f := range open {
		out[name] = &Module{name: name, open: f}
	}
	return out
}
