package busy

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRetry(t *testing.T) {
	said := []error{unix.EBUSY, unix.EINTR, unix.ENOBUFS, unix.EAGAIN, nil, unix.EPERM}
	calls := 0
	next := func() error { calls++; return said[calls-1] }
	if err := Retry(next); err != nil || calls != 5 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if err := Retry(next); err != unix.EPERM || calls != 6 {
		t.Errorf("%d calls, %v", calls, err)
	}
	err := Retry(func() error { return unix.EBUSY })
	if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), "too busy for 1s") {
		t.Errorf("%v", err)
	}
}
