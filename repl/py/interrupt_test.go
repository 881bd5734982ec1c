package py

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// patience is how long a test waits for what must happen soon. It only bounds a
// failure; nothing is concluded from the time taken.
const patience = 2 * time.Minute

// within runs f and fails when it does not end.
func within(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { f(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("still running")
	}
}

// interruptible makes an interpreter in which started() tells the test that the
// program has come to its busy part.
func interruptible() (*Interp, chan struct{}) {
	ready := make(chan struct{})
	var once sync.Once
	return New(Options{Stdout: &strings.Builder{}, Predeclared: map[string]starlark.Value{
		"started": builtin("started", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			once.Do(func() { close(ready) })
			return starlark.None, nil
		}),
	}}), ready
}

// TestInterrupt ends programs that would run for ever, or nearly so.
func TestInterrupt(t *testing.T) {
	busy := map[string]string{
		"while":         "while True: pass",
		"nested":        "while True:\n  for i in range(10): pass",
		"range":         "for i in range(10**15): pass",
		"comprehension": "[0 for i in range(10**15) if i < 0]",
		"generator":     "sum(i for i in range(10**15))",
		"sum":           "sum(range(10**15))",
		"any":           "any(map(lambda x: False, range(10**15)))",
		"filter":        "next(filter(lambda x: False, range(10**15)))",
		"recursion":     "def f():\n  while True: g()\ndef g(): return 1\nf()",
		"max":           "max(range(10**15))",
		"unpack":        "a, *b = (i for i in range(10**15) if i < 1)",
		"growing":       "l = []\nwhile True:\n  l = (l + [1])[:1000]",
		"try":           "while True:\n  try: 1 / 0\n  except Exception: pass",
		"callable":      "for x in iter(lambda: 1, 2): pass",
		"sleep":         "import time\ntime.sleep(10**6)",
	}
	for name, src := range busy {
		t.Run(name, func(t *testing.T) {
			in, ready := interruptible()
			within(t, func() {
				go func() { <-ready; in.Interrupt() }()
				_, err := in.Exec(context.Background(), "<in>", "started()\n"+src, ModeSingle)
				var e *Exception
				if !errors.As(err, &e) || e.Kind() != "KeyboardInterrupt" {
					t.Errorf("ended with %v", err)
				}
				// The interrupt is spent.
				if v, err := in.Exec(context.Background(), "<in>", "sum(range(100))", ModeSingle); err != nil || v.String() != "4950" {
					t.Errorf("the next statement gives %v, %v", v, err)
				}
			})
		})
	}
}

// TestInterruptCaught is a program that goes on after KeyboardInterrupt, and
// can be interrupted again.
func TestInterruptCaught(t *testing.T) {
	in, ready := interruptible()
	within(t, func() {
		go func() { <-ready; in.Interrupt() }()
		v, err := in.Exec(context.Background(), "<in>", `
l = []
try:
    started()
    while True:
        try: pass
        except Exception: l.append("wrong")
except KeyboardInterrupt:
    l.append("caught")
import time
time.sleep(0.001)
l`, ModeSingle)
		if err != nil || v.String() != `["caught"]` {
			t.Errorf("got %v, %v", v, err)
		}
	})
}

// TestHuge are single operations that would take all memory or time: they are
// refused at once.
func TestHuge(t *testing.T) {
	for src, class := range map[string]string{
		"10**10**7":                      "OverflowError",
		"2**2**40":                       "OverflowError",
		"1 << 10**12":                    "OverflowError",
		"'x' * 10**12":                   "MemoryError",
		"b'x' * 10**12":                  "MemoryError",
		"[0] * 10**12":                   "MemoryError",
		"(0,) * 10**12":                  "MemoryError",
		"list(range(10**12))":            "MemoryError",
		"tuple(range(10**12))":           "MemoryError",
		"bytes(10**12)":                  "MemoryError",
		"x = 'ab'\nwhile True: x += x":   "MemoryError",
		"x = [1]\nwhile True: x += x":    "MemoryError",
		"x = [1]\nwhile True: x = x + x": "MemoryError",
		"x = 3\nwhile True: x *= x":      "OverflowError",
		"x = 3\nwhile True: x = x ** 3":  "OverflowError",
		"def f(): return f()\nf()":       "RecursionError",
		"f = lambda: sorted([1, 2], key=lambda x: f())\nf()": "RecursionError",
		"l = []\nl.append(l)\nl == [l]":                      "RecursionError",
		"pow(3, 2**20000, 7)":                                "OverflowError",
	} {
		within(t, func() {
			_, err := eval(t, New(Options{}), src)
			var e *Exception
			if !errors.As(err, &e) || e.Kind() != class {
				t.Errorf("%s: got %v, want %s", src, err, class)
			}
		})
	}
	// 0, 1 and -1 to any power are small.
	v, err := eval(t, New(Options{}), "0**10**12, 1**10**12, (-1)**(10**30 + 1), 0 << 10**12, 5 >> 10**12")
	if err != nil || v.String() != "(0, 1, -1, 0, 0)" {
		t.Errorf("small powers: %v, %v", v, err)
	}
}

// blocking makes wait(), a built-in that waits in a scope until it is
// interrupted and then returns what it has.
func blockingInterp() (in *Interp, waiting chan struct{}) {
	waiting = make(chan struct{}, 16)
	in = New(Options{Stdout: &strings.Builder{}, Predeclared: map[string]starlark.Value{
		"wait": builtin("wait", func(th *starlark.Thread, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			err := in.Block(th, func(ctx context.Context) error {
				waiting <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			})
			return starlark.String("partial"), err
		}),
	}})
	return in, waiting
}

// TestBlock is the first interrupt: the waiting call returns normally.
func TestBlock(t *testing.T) {
	in, waiting := blockingInterp()
	within(t, func() {
		go func() { <-waiting; in.Interrupt() }()
		v, err := in.Exec(context.Background(), "<in>", "r = wait()\nr + '!'", ModeSingle)
		if err != nil || v != starlark.String("partial!") {
			t.Errorf("got %v, %v", v, err)
		}
	})
}

// TestBlockTwice is the second one within a second: KeyboardInterrupt.
func TestBlockTwice(t *testing.T) {
	in, waiting := blockingInterp()
	within(t, func() {
		go func() {
			<-waiting
			in.Interrupt()
			in.Interrupt()
		}()
		_, err := in.Exec(context.Background(), "<in>", "while True: wait()", ModeSingle)
		var e *Exception
		if !errors.As(err, &e) || e.Kind() != "KeyboardInterrupt" {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestBlockCallback is an engine that calls back from its own goroutine while
// the statement waits, and another statement's lock.
func TestBlockCallback(t *testing.T) {
	var in *Interp
	in = New(Options{Predeclared: map[string]starlark.Value{
		"engine": builtin("engine", func(th *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			err := in.Block(th, func(ctx context.Context) error {
				var wg sync.WaitGroup
				errs := make(chan error, 8)
				for g := range 4 {
					wg.Add(1)
					go func() {
						defer wg.Done()
						for i := range 50 {
							if _, err := in.Call(ctx, args[0], starlark.Tuple{starlark.MakeInt(g*50 + i)}, nil); err != nil {
								errs <- err
								return
							}
						}
					}()
				}
				wg.Wait()
				close(errs)
				return <-errs
			})
			return starlark.None, err
		}),
	}})
	within(t, func() {
		v, err := eval(t, in, "n = 0\nseen = []\ndef cb(i):\n  global n\n  n += i\n  seen.append(i)\nengine(cb)\nn, len(seen), len(set(seen))")
		if err != nil || v.String() != "(19900, 200, 200)" {
			t.Errorf("got %v, %v", v, err)
		}
		_, err = eval(t, in, "def bad(i): return 1 / i\nengine(bad)")
		if err == nil || !strings.Contains(FormatError(err, false), "bad() called from line 2") {
			t.Errorf("an error in a callback gives %v", err)
		}
	})
}

// TestContext is a statement whose context ends: it cannot go on by catching.
func TestContext(t *testing.T) {
	in, ready := interruptible()
	ctx, cancel := context.WithCancel(context.Background())
	within(t, func() {
		go func() { <-ready; cancel() }()
		_, err := in.Exec(ctx, "<in>", "started()\nwhile True:\n  try:\n    while True: pass\n  except KeyboardInterrupt: pass", ModeSingle)
		var e *Exception
		if !errors.As(err, &e) || e.Kind() != "KeyboardInterrupt" {
			t.Errorf("ended with %v", err)
		}
		if _, err := eval(t, in, "sum([1, 2])"); err != nil {
			t.Errorf("the next statement: %v", err)
		}
	})
}

// TestUnlocked lets callbacks run while a built-in waits.
func TestUnlocked(t *testing.T) {
	var in *Interp
	in = New(Options{Predeclared: map[string]starlark.Value{
		"pause": builtin("pause", func(th *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (v starlark.Value, err error) {
			pyrt.Unlocked(th, func() { v, err = in.Call(context.Background(), args[0], nil, nil) })
			return v, err
		}),
	}})
	within(t, func() {
		if v, err := eval(t, in, "pause(lambda: 5)"); err != nil || v.String() != "5" {
			t.Errorf("got %v, %v", v, err)
		}
	})
}

// TestSteps is the step budget.
func TestSteps(t *testing.T) {
	_, err := eval(t, New(Options{MaxSteps: 1000}), "while True: pass")
	var e *Exception
	if !errors.As(err, &e) || e.Kind() != "TimeoutError" {
		t.Errorf("got %v", err)
	}
}
