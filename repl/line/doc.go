// Package line is the prompt of a language shell on a terminal: it edits
// lines, gathers them into blocks, takes pastes whole, keeps the history,
// lists completions and highlights what is typed. It knows nothing of the
// language; the shell passes callbacks.
//
// The screen work is done by github.com/chzyer/readline, which nothing else
// may import. Of that library only the drawing of one line, the insertion of
// characters and the simplest motions are used. The rest is done here,
// because in v1.5.1 it loses input or panics:
//
//   - Keys reach it through a translator (keys.go), since it takes Delete on an
//     empty line for the end of input, ignores half of the Home and End
//     keys, and submits a paste line by line with its tabs completed away.
//   - Editing commands other than motion are pure functions (edit.go): its
//     Ctrl-W deletes the whole line, its Ctrl-T moves the cursor out of the line.
//   - History and its search (history.go, search.go): it splits entries with
//     several lines, resets the file's mode, edits entries in place, and
//     panics when a search in an empty history is given up.
//   - Completion is a table printed above the prompt (complete.go): its menu
//     divides by zero on a narrow terminal.
//
// On anything that is not a terminal the package reads plain lines and
// readline is not started at all.
package line
