// Command pktsh is the packet shell.
package main

import (
	"os"
	"runtime"

	"pktsh/repl"
)

// The main goroutine keeps the main thread: /proc/self/ns shows that thread's
// namespaces, so nothing else may run on it and take it elsewhere.
func init() { runtime.LockOSThread() }

// It does nothing with it: whatever wakes a goroutine that has a thread of its own has to wake that thread, too.
func main() {
	go func() { os.Exit(repl.Main(os.Args[1:])) }()
	select {}
}
