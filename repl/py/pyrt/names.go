package pyrt

import (
	"go.starlark.net/starlark"

	"pktsh/internal/near"
)

// TypeName is the name of v's type as Python's messages give it.
func TypeName(v starlark.Value) string {
	if t := v.Type(); t != "string" {
		return t
	}
	return "str"
}

// DidYouMean is " (did you mean 'x'?)" for the nearest candidate, or "".
func DidYouMean(name string, candidates []string) string {
	if s := near.Word(name, candidates); s != "" {
		return " (did you mean '" + s + "'?)"
	}
	return ""
}
