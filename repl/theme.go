package repl

import "go.starlark.net/starlark"

// theme is a class of Scapy's colour themes. Scripts set one for the sake of
// their output: conf.color_theme = BlackAndWhite(); here colours follow the terminal.
type theme string

var _ starlark.Callable = theme("")

// themes are the names that Scapy has.
var themes = []theme{"NoTheme", "AnsiColorTheme", "BlackAndWhite", "DefaultTheme", "BrightTheme", "RastaTheme",
	"ColorOnBlackTheme", "HTMLTheme", "HTMLTheme2", "LatexTheme", "LatexTheme2"}

func (t theme) String() string        { return "<" + string(t) + ">" }
func (t theme) Name() string          { return string(t) }
func (t theme) Type() string          { return string(t) }
func (t theme) Freeze()               {}
func (t theme) Truth() starlark.Bool  { return true }
func (t theme) Hash() (uint32, error) { return starlark.String(t).Hash() }

// CallInternal gives the theme itself.
func (t theme) CallInternal(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return t, nil
}
