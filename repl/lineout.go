package repl

import (
	"io"
	"sync"
	"time"
)

// lineOut gathers what callbacks print, so that 100,000 lines a second do not cost
// a system call each. What is written is shown within showWithin.
type lineOut struct {
	w io.Writer

	mu    sync.Mutex
	buf   []byte
	armed bool // a timer is going to flush
	err   error
}

const (
	showWithin = 10 * time.Millisecond
	lineOutMax = 32 << 10
)

// Write implements io.Writer. It gives the error of an earlier write.
func (o *lineOut) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf, b...)
	if len(o.buf) > lineOutMax {
		o.flush()
	} else if !o.armed {
		o.armed = true
		time.AfterFunc(showWithin, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.armed = false
			o.flush()
		})
	}
	return len(b), o.err
}

// Flush shows what is waiting.
func (o *lineOut) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	return o.err
}

func (o *lineOut) flush() {
	if len(o.buf) > 0 {
		if _, err := o.w.Write(o.buf); err != nil {
			o.err = err
		}
		o.buf = o.buf[:0]
	}
}
