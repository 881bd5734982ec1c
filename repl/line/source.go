package line

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// poller reads a file until it is closed, without ever taking a byte from the
// file that nobody asked for.
type poller struct {
	in   *os.File
	wake [2]int // a pipe: closing its write end ends every read
	once sync.Once
}

func newPoller(in *os.File) (*poller, error) {
	p := &poller{in: in}
	if err := unix.Pipe2(p.wake[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make wake-up pipe: %w", err)
	}
	return p, nil
}

// Read implements io.Reader. The end of the file, a terminal that hung up
// (EIO) and close all read as io.EOF.
func (p *poller) Read(b []byte) (int, error) {
	fd := int(p.in.Fd())
	for {
		fds := []unix.PollFd{
			{Fd: int32(fd), Events: unix.POLLIN},
			{Fd: int32(p.wake[0]), Events: unix.POLLIN},
		}
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return 0, fmt.Errorf("wait for input: %w", err)
		}
		if fds[1].Revents != 0 {
			return 0, io.EOF
		}
		if fds[0].Revents == 0 {
			continue
		}
		n, err := unix.Read(fd, b)
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
			continue
		case err != nil || n <= 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// close makes every Read end. The read end of the pipe stays until free.
func (p *poller) close() { p.once.Do(func() { unix.Close(p.wake[1]) }) }

// free gives the descriptors back. No Read may be going on.
func (p *poller) free() { unix.Close(p.wake[0]) }

// source is the terminal as readline reads it: keys through the translator,
// never more than one line's worth at a time. readline reads ahead as far as it is
// given; what it is not given stays here, where the next line can put
// something before it.
type source struct {
	*poller
	tr *translator

	mu     sync.Mutex // guards what follows; not held while waiting for keys
	out    []byte     // translated, not yet read
	pastes []string   // one for each keyPaste in out or on its way
	eof    bool
}

func newSource(in *os.File, vi bool) (*source, error) {
	p, err := newPoller(in)
	if err != nil {
		return nil, err
	}
	s := &source{poller: p, tr: &translator{vi: vi}}
	s.tr.paste = func(text string) { s.pastes = append(s.pastes, text) }
	return s, nil
}

// Read implements io.Reader for readline.
func (s *source) Read(b []byte) (int, error) {
	var raw [4096]byte
	for {
		s.mu.Lock()
		if len(s.out) > 0 {
			n := min(endOfLine(s.out), len(b))
			copy(b, s.out[:n])
			s.out = s.out[n:]
			s.mu.Unlock()
			return n, nil
		}
		s.mu.Unlock()
		n, err := s.poller.Read(raw[:])
		s.mu.Lock()
		if err != nil {
			s.eof = true
			s.mu.Unlock()
			return 0, io.EOF
		}
		s.out = s.tr.feed(s.out, raw[:n])
		s.mu.Unlock()
	}
}

// Close implements io.Closer. readline never calls it.
func (s *source) Close() error { return nil }

// endOfLine is the length of b up to and with the first key that ends
// readline's reading: Enter, Ctrl-C or Ctrl-D.
func endOfLine(b []byte) int {
	for i, c := range b {
		if c == ctrlC || c == ctrlD || c == enter {
			return i + 1
		}
	}
	return len(b)
}

// unreadKey puts a key before everything not yet read.
func (s *source) unreadKey(k rune) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = append([]byte(string(k)), s.out...)
}

// unreadPaste puts a paste before everything not yet read.
func (s *source) unreadPaste(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pastes = append([]string{text}, s.pastes...)
	s.out = append(pasteKeys(nil, text), s.out...)
}

// nextPaste is the text behind the keyPaste just read.
func (s *source) nextPaste() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pastes) == 0 {
		return ""
	}
	t := s.pastes[0]
	s.pastes = s.pastes[1:]
	return t
}

// ended tells whether the input is at its end.
func (s *source) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.eof
}
