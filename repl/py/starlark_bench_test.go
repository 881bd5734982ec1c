package py

import (
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func benchStarlark(b *testing.B, src string) {
	th := &starlark.Thread{}
	opts := &syntax.FileOptions{Recursion: true, While: true, TopLevelControl: true}
	g, err := starlark.ExecFileOptions(opts, th, "bench.star", src, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := starlark.Call(th, g["f"], nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
