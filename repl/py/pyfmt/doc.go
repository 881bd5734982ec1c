// Package pyfmt turns values into text the way Python does: repr(), str(), the
// format mini-language of f-strings and str.format, and the % operator.
//
// The referee is CPython 3.11: output and error messages are the same, checked
// against tables in testdata that testdata/gen.py makes with it. A value that
// is none of the language's own takes part through the hooks of package pyrt
// (Reprer, Strer, Formatter, Inter).
//
// Text is a Go string in UTF-8. A byte that is no valid UTF-8 stands for the
// lone surrogate U+DC00+byte, as in CPython's "surrogateescape".
package pyfmt
