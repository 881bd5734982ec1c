// Package pymeth gives the built-in types the methods that Python gives them:
// str, bytes, list, tuple, dict, set, int, float and bool. Text counts in code
// points, iteration and comparison follow Python, and messages are CPython's.
//
// The values are those of go.starlark.net. Its own method tables are closed and
// its semantics differ (byte strings, locked lists), so nothing of them is used
// but the storage. In particular a *starlark.List refuses to be changed while a
// starlark Iterator on it is open; pyrt.Iterate walks lists by index instead and
// so allows what Python allows. Whoever loops over values of the language should
// use that, or Each, and never List.Iterate.
package pymeth
