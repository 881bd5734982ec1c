package layers

import (
	"errors"
	"fmt"
	"strings"

	"pktsh/internal/near"
)

// ErrTruncated marks a header that the data ends inside of.
var ErrTruncated = errors.New("truncated")

// A ValueError is a value that a field cannot hold.
type ValueError struct {
	Proto, Field string
	Msg          string // got and want
}

func (e *ValueError) Error() string { return e.Proto + "." + e.Field + ": " + e.Msg }

// Kind is the class of the exception that the shell makes of it.
func (e *ValueError) Kind() string { return "ValueError" }

// Arg is the keyword argument at fault.
func (e *ValueError) Arg() string { return e.Field }

// A FieldError names a field that the protocol does not have.
type FieldError struct {
	Proto, Field string
	Hint         string // `; did you mean "dport"?` or empty
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("%s has no field %q%s", e.Proto, e.Field, e.Hint)
}

// Kind is the class of the exception that the shell makes of it.
func (e *FieldError) Kind() string { return "AttributeError" }

// Arg is the keyword argument at fault.
func (e *FieldError) Arg() string { return e.Field }

// NoField is the error for a field that the protocol does not have.
func (p *Proto) NoField(name string) error {
	return &FieldError{p.Name, name, near.Hint(name, p.fieldNames(nil))}
}

func (p *Proto) fieldNames(names []string) []string {
	for i := range p.Use().Fields {
		names = append(names, p.Fields[i].Name)
	}
	return names
}

func (f *Field) errorf(l *Layer, format string, a ...any) error {
	return &ValueError{l.proto.Name, f.Name, fmt.Sprintf(format, a...)}
}

// named is a codec's error with the field's name, where it says none.
func (f *Field) named(l *Layer, err error) error {
	var said *ValueError
	if errors.As(err, &said) {
		return err
	}
	return f.errorf(l, "%s", strings.TrimPrefix(err.Error(), l.proto.Name+"."+f.Name+": "))
}

func (f *Field) wrong(l *Layer, v any, want string) error {
	return f.errorf(l, "got %s, want %s", describe(v), want)
}

// describe shows a value in an error message, with its kind where that helps.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	case *Packet:
		return "a packet"
	case List:
		return fmt.Sprintf("a list of %d", len(v))
	case Tuple:
		return fmt.Sprintf("a tuple of %d", len(v))
	case Dict:
		return fmt.Sprintf("a dict of %d", len(v))
	case nil:
		return "None"
	}
	return fmt.Sprint(v)
}
