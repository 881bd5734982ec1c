// Package ksock gives real kernel sockets, in any network namespace, the names
// that Python's socket module has for them.
//
// The Go half (Socket) takes a context for every call that waits. The other half
// (Value) shows a Socket to the language: errors become Python's exceptions and
// addresses its tuples.
package ksock
