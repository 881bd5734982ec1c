package py

import "strings"

// Kind classifies a token. The names of the kinds are those by which a
// highlighter or a completer asks for them.
type Kind uint8

// The token kinds.
const (
	EOF          Kind = iota
	Newline           // end of a logical line
	Indent            // deeper indentation; Text is the white space
	Dedent            // end of an indentation; empty
	Name              // an identifier
	Keyword           // a reserved word of Python
	Number            // an integer or floating literal
	String            // a whole str or bytes literal, prefix and quotes included
	FStringStart      // f" with its prefix
	FStringText       // literal text or a format spec inside an f-string
	FStringEnd        // the closing quote
	Op                // an operator or delimiter
	Comment           // # to the end of the line
	Addr              // a bare IPv4 address, network or MAC address
	Error             // what could not be read; Msg says why
)

var kindNames = [...]string{"EOF", "newline", "indent", "dedent", "name", "keyword", "number", "string",
	"fstring-start", "fstring-text", "fstring-end", "op", "comment", "addr", "error"}

func (k Kind) String() string { return kindNames[k] }

// Token is one lexical element of a source text. Start and End are byte offsets
// into it (Text is src[Start:End]); Line and Col count from one, Col in bytes.
type Token struct {
	Kind       Kind
	Text       string
	Start, End int
	Line, Col  int
	Msg        string // why a token of kind Error is one. Empty otherwise.
	More       bool   // an Error that further input could cure
}

// Tokens splits src into tokens. It never fails: what cannot be read becomes a
// token of kind Error and reading goes on behind it. The last token is EOF.
// Comments are kept, white space between tokens is not.
func Tokens(src string) []Token {
	lx := newLexer(src)
	return lx.run()
}

// keywords are Python's reserved words, including those the language refuses,
// so that a script that uses them gets an explanation.
var keywords = map[string]bool{
	"False": true, "None": true, "True": true, "and": true, "as": true, "assert": true, "async": true,
	"await": true, "break": true, "class": true, "continue": true, "def": true, "del": true, "elif": true,
	"else": true, "except": true, "finally": true, "for": true, "from": true, "global": true, "if": true,
	"import": true, "in": true, "is": true, "lambda": true, "nonlocal": true, "not": true, "or": true,
	"pass": true, "raise": true, "return": true, "try": true, "while": true, "with": true, "yield": true,
}

// IsKeyword tells whether name is a reserved word.
func IsKeyword(name string) bool { return keywords[name] }

// operators by length, longest first, so that the first match is the longest.
var operators = [...][]string{
	{"**=", "//=", ">>=", "<<=", "..."},
	{"**", "//", ">>", "<<", "==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@="},
}

const singleOps = "+-*/%@<>&|^~()[]{},:.;="

// matchOp returns the operator at the start of s, "" if there is none.
func matchOp(s string) string {
	for _, ops := range operators {
		for _, op := range ops {
			if strings.HasPrefix(s, op) {
				return op
			}
		}
	}
	if s != "" && strings.IndexByte(singleOps, s[0]) >= 0 {
		return s[:1]
	}
	return ""
}
