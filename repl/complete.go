package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/line"
	"pktsh/repl/py"
)

// What may be completed at a place.
type wanted int

const (
	wantName  wanted = iota // a variable, function, layer or keyword
	wantAttr                // an attribute of the value before the dot
	wantLayer               // a layer, after / or inside p[
	wantArg                 // an argument of the open call, or a name
	wantValue               // a value of the argument arg
	wantText                // inside a string, the value of arg or of the first argument
)

// place is what the text says about the cursor. It knows no values.
type place struct {
	want   wanted
	start  int      // where the word at the cursor begins
	prefix string   // the word so far
	chain  []string // the names before the dot, or of the packet before [
	callee []string // the function of the open call: ["net", "server", "socket"]
	arg    string   // the keyword argument whose value this is
	given  []string // arguments of the open call that are there already
}

// placeAt reads the tokens before pos.
func placeAt(text string, pos int) place {
	text = text[:pos]
	toks := py.Tokens(text)
	// Drop what is no part of the line's grammar.
	toks = slices.DeleteFunc(toks, func(t py.Token) bool {
		switch t.Kind {
		case py.EOF, py.Newline, py.Indent, py.Dedent, py.Comment:
			return true
		}
		return false
	})
	p := place{start: pos}
	if n := len(toks); n > 0 {
		last := toks[n-1]
		switch {
		case last.Kind == py.Error && strings.ContainsAny(last.Text, "\"'"):
			// An open string: its text so far is the word.
			body := strings.TrimLeft(last.Text, "rbuRBU")
			quote := len(last.Text) - len(body) + 1
			p.start, p.want = last.Start+quote, wantText
			p.prefix = text[min(p.start, pos):pos]
			toks = toks[:n-1]
			p.openCall(toks)
			return p
		case (last.Kind == py.Name || last.Kind == py.Keyword) && last.End == pos:
			p.start, p.prefix = last.Start, last.Text
			toks = toks[:n-1]
		case last.Kind == py.String && last.End == pos:
			return place{want: -1, start: pos}
		}
	}
	n := len(toks)
	is := func(i int, op string) bool { return i >= 0 && i < n && toks[i].Kind == py.Op && toks[i].Text == op }
	switch {
	case is(n-1, "."):
		p.want, p.chain = wantAttr, chainBefore(toks[:n-1])
		if p.chain == nil {
			p.want = -1 // the value is not known before it is computed
		}
	case is(n-1, "/"):
		p.want = wantLayer
	case is(n-1, "[") && chainBefore(toks[:n-1]) != nil:
		p.want, p.chain = wantLayer, chainBefore(toks[:n-1])
	default:
		p.openCall(toks)
		switch {
		case is(n-1, "=") && len(p.callee) > 0:
			p.want = wantValue
		case len(p.callee) > 0 && (is(n-1, "(") || is(n-1, ",")):
			p.want = wantArg
		}
	}
	return p
}

// openCall finds the call whose parenthesis is open behind toks, the arguments
// that it has, and the one whose value stands last.
func (p *place) openCall(toks []py.Token) {
	depth := 0
	for i := len(toks) - 1; i >= 0; i-- {
		t := toks[i]
		if t.Kind != py.Op {
			continue
		}
		switch t.Text {
		case ")", "]", "}":
			depth++
		case "[", "{":
			depth--
		case "(":
			if depth == 0 {
				p.callee = chainBefore(toks[:i])
				return
			}
			depth--
		case "=":
			if depth == 0 && i > 0 && toks[i-1].Kind == py.Name {
				p.given = append(p.given, toks[i-1].Text)
				if i == len(toks)-1 {
					p.arg = toks[i-1].Text
				}
			}
		}
		if depth < 0 {
			return // inside a list or dictionary of the call
		}
	}
}

// chainBefore reads name.name[Name].name backwards from the end of toks; nil if
// something else stands there.
func chainBefore(toks []py.Token) []string {
	var out []string
	i := len(toks) - 1
	for i >= 0 {
		if toks[i].Kind == py.Op && toks[i].Text == "]" && i >= 2 && toks[i-1].Kind == py.Name && toks[i-2].Text == "[" {
			out = append(out, "["+toks[i-1].Text)
			i -= 3
			continue
		}
		if toks[i].Kind != py.Name {
			return nil
		}
		out = append(out, toks[i].Text)
		if i > 0 && toks[i-1].Kind == py.Op && toks[i-1].Text == "." {
			i -= 2
			continue
		}
		slices.Reverse(out)
		return out
	}
	return nil
}

// complete lists what may stand at the cursor, for the line editor.
func (s *Shell) complete(text string, pos int) (start int, cands []line.Candidate) {
	p := placeAt(text, pos)
	switch p.want {
	case wantAttr:
		if v := s.valueOf(p.chain); v != nil {
			cands = s.attrCandidates(v)
		}
	case wantLayer:
		cands = layerCandidates()
		if v, ok := s.valueOf(p.chain).(*packet); ok {
			cands = nil
			for _, l := range v.p.Layers()[v.index():] {
				cands = append(cands, line.Candidate{Text: l.Name(), Note: l.Proto().Doc})
			}
		}
	case wantArg:
		cands = append(s.argCandidates(p), s.nameCandidates()...)
	case wantValue:
		cands = append(s.valueCandidates(p), s.nameCandidates()...)
	case wantText:
		cands = s.textCandidates(p)
	case wantName:
		cands = s.nameCandidates()
	}
	return p.start, keepPrefix(cands, p.prefix)
}

// keepPrefix keeps the candidates that begin with prefix, each once. Names with
// an underscore in front are offered only when it was typed.
func keepPrefix(cands []line.Candidate, prefix string) []line.Candidate {
	var out []line.Candidate
	seen := map[string]bool{}
	for _, c := range cands {
		hidden := strings.HasPrefix(c.Text, "_") && !strings.HasPrefix(prefix, "_")
		if strings.HasPrefix(c.Text, prefix) && !seen[c.Text] && !hidden {
			seen[c.Text] = true
			out = append(out, c)
		}
	}
	return out
}

// valueOf follows a chain of names without calling anything.
func (s *Shell) valueOf(chain []string) starlark.Value {
	var v starlark.Value
	for i, name := range chain {
		var err error
		switch {
		case i == 0:
			v, _ = s.in.Get(name)
		case name[0] == '[':
			m, ok := v.(starlark.Mapping)
			key, known := s.in.Get(name[1:])
			if !ok || !known {
				return nil
			}
			v, _, err = m.Get(key)
		default:
			h, ok := v.(starlark.HasAttrs)
			if !ok {
				return nil
			}
			v, err = h.Attr(name)
		}
		if err != nil || v == nil {
			return nil
		}
	}
	return v
}

func (s *Shell) attrCandidates(v starlark.Value) []line.Candidate {
	var out []line.Candidate
	for _, name := range py.AttrNames(v) {
		c := line.Candidate{Text: name}
		switch p := v.(type) {
		case *packet:
			if li, fi := p.p.FindField(name, p.index()); li >= 0 {
				c.Note = pyRepr(p.field(li, fi))
			} else if m := packetMethods[name]; m != nil {
				c.Note = m.Short()
			}
		case *packetList:
			if m := listMethods[name]; m != nil {
				c.Note = m.Short()
			}
		}
		out = append(out, c)
	}
	return out
}

func layerCandidates() []line.Candidate {
	var out []line.Candidate
	for _, p := range layers.Protos() {
		out = append(out, line.Candidate{Text: p.Name, Note: p.Doc})
	}
	slices.SortFunc(out, func(a, b line.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// argCandidates are the arguments that the open call still lacks.
func (s *Shell) argCandidates(p place) []line.Candidate {
	var out []line.Candidate
	add := func(name, note string) {
		if !slices.Contains(p.given, name) {
			out = append(out, line.Candidate{Text: name + "=", Note: note})
		}
	}
	switch f := s.valueOf(p.callee).(type) {
	case *class:
		for i := range f.proto().Fields {
			fd := &f.proto().Fields[i]
			add(fd.Name, fieldNote(fd))
		}
	case function:
		f.b.prepare()
		for _, a := range f.b.params {
			add(a.name, a.text)
		}
	}
	return out
}

// fieldNote is a field's type and default in a few words.
func fieldNote(f *layers.Field) string {
	if f.Computed() {
		return f.TypeName() + ", computed"
	}
	if f.Kind <= layers.Hex {
		return fmt.Sprintf("%s %d", f.TypeName(), f.Default)
	}
	return f.TypeName()
}

// valueCandidates are values of the argument that stands before the cursor.
func (s *Shell) valueCandidates(p place) []line.Candidate {
	f, ok := s.valueOf(p.callee).(*class)
	if !ok {
		return nil
	}
	i := f.proto().Index(p.arg)
	if i < 0 {
		return nil
	}
	fd := &f.proto().Fields[i]
	var out []line.Candidate
	if fd.Name == "flags" && fd.Flags != nil && fd.Flags.Letters != "" {
		for _, v := range []string{"S", "SA", "A", "PA", "FA", "RA", "F", "R"} {
			out = append(out, line.Candidate{Text: v})
		}
	} else if fd.Flags != nil {
		for _, n := range fd.Flags.Names {
			out = append(out, line.Candidate{Text: "\"" + n + "\""})
		}
	}
	for _, n := range fd.Enum.Names() {
		out = append(out, line.Candidate{Text: "\"" + n + "\""})
	}
	slices.SortFunc(out, func(a, b line.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// textCandidates are what may stand inside the open string.
func (s *Shell) textCandidates(p place) []line.Candidate {
	var out []line.Candidate
	callee := ""
	if len(p.callee) > 0 {
		callee = p.callee[len(p.callee)-1]
	}
	switch {
	case p.arg == "iface":
		for _, n := range s.ifaceNames() {
			out = append(out, line.Candidate{Text: n})
		}
	case callee == "rdpcap" || callee == "wrpcap" || callee == "open" || p.arg == "offline":
		return files(p.prefix)
	default:
		if f, ok := s.valueOf(p.callee).(*class); ok {
			if i := f.proto().Index(p.arg); i >= 0 {
				for _, n := range f.proto().Fields[i].Enum.Names() {
					out = append(out, line.Candidate{Text: n})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b line.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// files are the names that begin with prefix; folders end in a slash.
func files(prefix string) []line.Candidate {
	dir, base := filepath.Split(prefix)
	entries, err := os.ReadDir(filepath.Join(dir, "."))
	if err != nil {
		return nil
	}
	var out []line.Candidate
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		out = append(out, line.Candidate{Text: dir + name, Display: name})
	}
	return out
}

// nameCandidates are all names: variables, functions, layers and keywords.
func (s *Shell) nameCandidates() []line.Candidate {
	var out []line.Candidate
	for _, n := range s.in.Names() {
		c := line.Candidate{Text: n}
		if b := s.byName[n]; b != nil {
			c.Note = b.Short()
		} else if p := layers.Lookup(n); p != nil {
			c.Note = p.Doc
		}
		out = append(out, c)
	}
	for _, k := range py.Keywords() {
		out = append(out, line.Candidate{Text: k})
	}
	slices.SortFunc(out, func(a, b line.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return out
}
