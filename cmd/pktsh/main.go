// Command pktsh is the packet shell.
package main

import (
	"os"
	"runtime"

	_ "pktsh/internal/prefault"
	"pktsh/repl"
)

// The main goroutine keeps the main thread: /proc/self/ns shows that thread's
// namespaces, so nothing else may run on it and take it elsewhere.
func init() { runtime.LockOSThread() }

func main() { os.Exit(repl.Main(os.Args[1:])) }
