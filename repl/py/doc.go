// Package py is the language of the shell: a subset of Python 3, large enough
// for the scripts that people write for Scapy. It knows nothing of packets.
//
// A source text becomes tokens (lex*.go), a tree with exact spans (parse*.go),
// a tree whose names are resolved to slots, cells and globals (scope.go,
// collect.go), and then Go closures (compile*.go). The values are those of
// go.starlark.net/starlark, used as a library only: none of Starlark's own
// semantics remain where Python's differ. What a Go type may implement to take
// part beyond Starlark's interfaces is in package pyrt; formats, methods and
// modules are in pyfmt, pymeth and pymod.
//
// Left out, with an error that says what to write instead: async, match, except*,
// complex numbers, metaclasses, built-in types but object as bases of classes. On top of Python: bare TCP flags
// (flags=SA), bare IPv4 addresses and networks (10.0.0.0/24), and bare MAC
// addresses behind "=" in a call.
//
// Differences from CPython that a script could notice: generator expressions,
// a generator that is dropped half-way ends without its finally blocks; sets keep the order of insertion; recursion ends at 900; integers end at
// four million bits, strings at 64 MiB, lists at eight million elements, so that
// no single operation outlasts the patience of the person who interrupts it;
// equal numbers, strings and bytes are identical (is); eval and exec see local
// variables but assign globals.
package py
