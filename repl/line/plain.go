package line

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
)

// plainReader reads blocks from what is not edited: a pipe, a file, a terminal
// that can do nothing. Only somebody at a terminal is prompted, on Err, so
// that the output stays the program's.
type plainReader struct {
	e      *Editor
	p      *poller
	r      *bufio.Reader
	prompt bool
}

func newPlainReader(e *Editor, tty bool) (*plainReader, error) {
	p, err := newPoller(e.cfg.In)
	if err != nil {
		return nil, err
	}
	return &plainReader{e: e, p: p, r: bufio.NewReader(p), prompt: tty}, nil
}

// readBlock reads lines until Incomplete is content. At the end of the input
// what is there is a block, complete or not.
func (p *plainReader) readBlock() (string, error) {
	var lines []string
	prompt := p.e.cfg.Prompt
	for {
		l, err := p.readLine(prompt)
		if errors.Is(err, io.EOF) && len(lines) > 0 {
			return trimBlankLines(strings.Join(lines, "\n")), nil
		}
		if err != nil {
			return "", err
		}
		if len(lines) == 0 && strings.TrimSpace(l) == "" {
			continue
		}
		lines = append(lines, l)
		src := strings.Join(lines, "\n")
		if !p.e.incomplete(src) {
			return trimBlankLines(src), nil
		}
		prompt = p.e.cfg.Continue
	}
}

// readLine reads one line. The last one needs no newline.
func (p *plainReader) readLine(prompt string) (string, error) {
	if p.prompt {
		p.e.out.beginPrompt()
		io.WriteString(p.e.cfg.Err, prompt)
	}
	l, err := p.r.ReadString('\n')
	if p.e.closed.Load() {
		return "", os.ErrClosed
	}
	if l == "" && err != nil {
		return "", err
	}
	l = strings.TrimSuffix(l, "\n")
	return strings.TrimSuffix(l, "\r"), nil
}
