package py

import "sort"

// Keywords lists the reserved words that the language understands, sorted.
func Keywords() []string {
	var list []string
	for k := range keywords {
		switch k {
		case "async", "await":
		default:
			list = append(list, k)
		}
	}
	sort.Strings(list)
	return list
}

// Calls tells whether src contains a call of the plain name fn, without
// evaluating anything.
func Calls(src, fn string) bool {
	toks := Tokens(src)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Kind == Name && toks[i].Text == fn && toks[i+1].Kind == Op && toks[i+1].Text == "(" {
			if i > 0 && (toks[i-1].Text == "." || toks[i-1].Text == "def") {
				continue
			}
			return true
		}
	}
	return false
}
