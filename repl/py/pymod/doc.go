// Package pymod holds the modules that scripts import: the parts of Python's
// standard library that packet scripts use. Each file is one module, under its
// Python name; Modules lists them.
//
// Where Python's result is defined (struct, random, re, json, time formats …) it
// is the same here, checked against tables that CPython 3.11 made. What a module
// lacks is an AttributeError, never a silent stand-in.
package pymod
