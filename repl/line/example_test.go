package line_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"pktsh/repl/line"
)

// A shell asks for one unit after another. Here its input is a pipe, so there
// is no prompt; on a terminal the same code edits, completes and remembers.
func Example() {
	r, w, _ := os.Pipe()
	io.WriteString(w, "p = IP()\nsend(p,\n     count=3)\n")
	w.Close()

	ed, err := line.New(line.Config{
		In:         r,
		Prompt:     ">>> ",
		Continue:   "... ",
		Incomplete: func(src string) bool { return strings.Count(src, "(") > strings.Count(src, ")") },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ed.Close()
	for {
		text, _, err := ed.ReadBlock()
		if err == line.ErrInterrupt {
			continue
		}
		if err != nil {
			break
		}
		fmt.Printf("%q\n", text)
	}
	// Output:
	// "p = IP()"
	// "send(p,\n     count=3)"
}
