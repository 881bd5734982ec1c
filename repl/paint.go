package repl

import (
	"strings"

	"pktsh/layers"
	"pktsh/repl/py"
)

// Colours of source text, as SGR sequences.
const (
	colourKeyword = "\x1b[35m"
	colourString  = "\x1b[32m"
	colourNumber  = "\x1b[36m"
	colourComment = "\x1b[90m"
	colourLayer   = "\x1b[1;31m"
	colourError   = "\x1b[4;31m"
	colourOff     = "\x1b[0m"
)

// paint colours a line as it is typed, from the tokens that the parser sees.
func paint(src string) string {
	var b strings.Builder
	at := 0
	for _, t := range py.Tokens(src) {
		if t.Start < at || t.End <= t.Start {
			continue
		}
		b.WriteString(src[at:t.Start])
		c := tokenColour(t)
		if c != "" {
			b.WriteString(c + t.Text + colourOff)
		} else {
			b.WriteString(src[t.Start:t.End])
		}
		at = t.End
	}
	b.WriteString(src[at:])
	return b.String()
}

func tokenColour(t py.Token) string {
	switch t.Kind {
	case py.Keyword:
		return colourKeyword
	case py.String, py.FStringStart, py.FStringText, py.FStringEnd:
		return colourString
	case py.Number, py.Addr:
		return colourNumber
	case py.Comment:
		return colourComment
	case py.Error:
		if t.More {
			return colourString // an open string, still being typed
		}
		return colourError
	case py.Name:
		if layers.Lookup(t.Text) != nil {
			return colourLayer
		}
	}
	return ""
}
