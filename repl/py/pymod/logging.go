package pymod

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

var logLevels = map[string]int{"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "WARN": 30, "ERROR": 40, "CRITICAL": 50, "FATAL": 50}

// logName is the name of a level.
func logName(n int) string {
	switch n {
	case 30:
		return "WARNING"
	case 50:
		return "CRITICAL"
	}
	for name, level := range logLevels {
		if level == n {
			return name
		}
	}
	return fmt.Sprintf("Level %d", n)
}

// logTree holds the loggers and what basicConfig set, one for each set of modules.
type logTree struct {
	mu       sync.Mutex
	loggers  map[string]*logger
	root     *logger
	set      bool // by basicConfig
	format   string
	date     string
	file     *os.File       // nil is stderr
	stream   starlark.Value // with a write method; nil is none
	disabled int
}

// logger is a Logger: a name and a level, 0 for the parent's.
type logger struct {
	noHash
	tree      *logTree
	name      string
	level     int
	disabled  bool
	propagate starlark.Value
}

const logFormat = "%(levelname)s:%(name)s:%(message)s"

func loggingModule() *Module {
	t := &logTree{loggers: map[string]*logger{}, format: logFormat}
	t.root = &logger{noHash: noHash{"RootLogger"}, tree: t, name: "root", level: logLevels["WARNING"], propagate: starlark.True}
	d := starlark.StringDict{"BASIC_FORMAT": starlark.String(logFormat), "root": t.root}
	for name, n := range logLevels {
		d[name] = integer(n)
	}
	for name, m := range loggerMethods {
		if name == "setLevel" || strings.HasPrefix(name, "is") || strings.HasPrefix(name, "get") {
			continue
		}
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			t.mu.Lock()
			t.set = true // the functions of the module configure what is not
			t.mu.Unlock()
			return m(t.root, a)
		})
	}
	for name, f := range map[string]function{
		"getLogger": func(a *args) (starlark.Value, error) {
			v, err := a.bind("name")
			if err != nil {
				return nil, err
			}
			if isNone(v[0]) || !bool(v[0].Truth()) {
				return t.root, nil
			}
			name, err := text(v[0])
			if err != nil {
				return nil, pyrt.Errorf("TypeError", "A logger name must be a string")
			}
			return t.logger(name), nil
		},
		"basicConfig": t.basicConfig,
		"disable": func(a *args) (starlark.Value, error) {
			v, err := a.bind("level")
			if err != nil {
				return nil, err
			}
			t.disabled = logLevels["CRITICAL"]
			if v[0] != nil {
				t.disabled, err = logLevel(v[0])
			}
			return starlark.None, err
		},
		"getLevelName": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			if s, ok := v[0].(starlark.String); ok {
				if n, ok := logLevels[string(s)]; ok {
					return integer(n), nil
				}
				return starlark.String("Level " + string(s)), nil
			}
			n, err := pymeth.Index(v[0])
			return starlark.String(logName(n)), err
		},
	} {
		d[name] = fn(name, f)
	}
	return newModule("logging", d)
}

func (t *logTree) logger(name string) *logger {
	t.mu.Lock()
	defer t.mu.Unlock()
	if name == "root" {
		return t.root
	}
	l := t.loggers[name]
	if l == nil {
		l = &logger{noHash: noHash{"Logger"}, tree: t, name: name, propagate: starlark.True}
		t.loggers[name] = l
	}
	return l
}

func logLevel(v starlark.Value) (int, error) {
	if s, ok := v.(starlark.String); ok {
		if n, ok := logLevels[string(s)]; ok {
			return n, nil
		}
		return 0, pyrt.Errorf("ValueError", "Unknown level: %s%s", pyfmt.Repr(v), pyrt.DidYouMean(string(s), sortedKeys(logLevels)))
	}
	n, err := pymeth.Index(v)
	if err != nil {
		return 0, pyrt.Errorf("TypeError", "Level not an integer or a valid string: %s", pyfmt.Repr(v))
	}
	return n, nil
}

func (t *logTree) basicConfig(a *args) (starlark.Value, error) {
	v, err := a.bind("*filename", "filemode", "format", "datefmt", "style", "level", "stream", "handlers", "force", "encoding", "errors")
	if err != nil {
		return nil, err
	}
	if !isNone(v[4]) && v[4] != starlark.String("%") || !isNone(v[7]) {
		return nil, pyrt.Errorf("ValueError", "basicConfig: style and handlers are not supported here, only %%-formats")
	}
	force := v[8] != nil && bool(v[8].Truth())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.set && !force {
		return starlark.None, nil // the first call counts
	}
	if t.file != nil {
		t.file.Close()
	}
	t.file, t.stream, t.format, t.date = nil, nil, logFormat, ""
	if !isNone(v[5]) {
		if t.root.level, err = logLevel(v[5]); err != nil {
			return nil, err
		}
	}
	if !isNone(v[2]) {
		t.format = pyfmt.Str(v[2])
	}
	if !isNone(v[3]) {
		t.date = pyfmt.Str(v[3])
	}
	if !isNone(v[6]) {
		t.stream = v[6]
	}
	if !isNone(v[0]) {
		path, err := pathArg(v[0])
		if err != nil {
			return nil, err
		}
		flag := os.O_WRONLY | os.O_CREATE | os.O_APPEND
		if v[1] == starlark.String("w") {
			flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		}
		if t.file, err = os.OpenFile(path, flag, 0o666); err != nil {
			return nil, err
		}
	}
	t.set = true
	return starlark.None, nil
}

func (l *logger) String() string {
	return fmt.Sprintf("<%s %s (%s)>", l.typ, l.name, logName(l.effective()))
}

// effective is the level of the nearest ancestor that has one.
func (l *logger) effective() int {
	name := l.name
	for l.level == 0 && l != l.tree.root {
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return l.tree.root.level
		}
		name = name[:i]
		l.tree.mu.Lock()
		if p := l.tree.loggers[name]; p != nil {
			l = p
		}
		l.tree.mu.Unlock()
	}
	return l.level
}

func (l *logger) enabled(level int) bool {
	return !l.disabled && level > l.tree.disabled && level >= l.effective()
}

// log writes one record. Without basicConfig, only warnings come out, and bare.
func (l *logger) log(th *starlark.Thread, level int, msg starlark.Value, rest starlark.Tuple) error {
	if !l.enabled(level) {
		return nil
	}
	s := pyfmt.Str(msg)
	if len(rest) > 0 {
		var arg starlark.Value = rest
		if d, ok := rest[0].(starlark.IterableMapping); ok && len(rest) == 1 {
			arg = d
		}
		var err error
		if s, err = pyfmt.Percent(th, s, arg); err != nil {
			return err
		}
	}
	t := l.tree
	t.mu.Lock()
	set, format, stream, file, date := t.set, t.format, t.stream, t.file, t.date
	t.mu.Unlock()
	if !set {
		if level < logLevels["WARNING"] {
			return nil
		}
		format = "%(message)s"
	}
	now := time.Now()
	stamp := now.Format("2006-01-02 15:04:05,000")
	if date != "" {
		stamp = strftime(date, now)
	}
	record := starlark.NewDict(8)
	for k, v := range map[string]starlark.Value{"message": starlark.String(s), "levelname": starlark.String(logName(level)), "levelno": integer(level),
		"name": starlark.String(l.name), "asctime": starlark.String(stamp), "created": seconds(now), "msecs": starlark.Float(now.Nanosecond() / 1e6),
		"process": integer(os.Getpid()), "threadName": starlark.String("MainThread"), "processName": starlark.String("MainProcess"),
		"module": starlark.String(""), "filename": starlark.String(""), "funcName": starlark.String(""), "pathname": starlark.String(""), "lineno": integer(0)} {
		if err := record.SetKey(starlark.String(k), v); err != nil {
			return err
		}
	}
	line, err := pyfmt.Percent(th, format, record)
	if err != nil {
		return err
	}
	if stream != nil {
		_, err = callMethod(th, stream, "write", starlark.String(line+"\n"))
		return err
	}
	var w io.Writer = pyrt.Stderr(th)
	if file != nil {
		w = file
	}
	_, err = io.WriteString(w, line+"\n")
	return err
}

// logAt is a method that logs at a level.
func logAt(level int) func(l *logger, a *args) (starlark.Value, error) {
	return func(l *logger, a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() missing 1 required positional argument: 'msg'", a.name)
		}
		return starlark.None, l.log(a.th, level, a.pos[0], a.pos[1:])
	}
}

var loggerMethods = methodTable[*logger]{
	"debug": logAt(10), "info": logAt(20), "warning": logAt(30), "warn": logAt(30), "error": logAt(40), "exception": logAt(40),
	"critical": logAt(50), "fatal": logAt(50),
	"log": func(l *logger, a *args) (starlark.Value, error) {
		if len(a.pos) < 2 {
			return nil, pyrt.Errorf("TypeError", "log() wants a level and a message")
		}
		level, err := pymeth.Index(a.pos[0])
		if err != nil {
			return nil, pyrt.Errorf("TypeError", "level must be an integer")
		}
		return starlark.None, l.log(a.th, level, a.pos[1], a.pos[2:])
	},
	"setLevel": func(l *logger, a *args) (starlark.Value, error) {
		v, err := a.bind("level!")
		if err != nil {
			return nil, err
		}
		l.level, err = logLevel(v[0])
		return starlark.None, err
	},
	"getEffectiveLevel": func(l *logger, a *args) (starlark.Value, error) { return integer(l.effective()), a.none() },
	"isEnabledFor": func(l *logger, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		n, err := pymeth.Index(v[0])
		return starlark.Bool(l.enabled(n)), err
	},
	"hasHandlers": func(l *logger, a *args) (starlark.Value, error) { return starlark.Bool(l.tree.set), a.none() },
	"getChild": func(l *logger, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		name := pyfmt.Str(v[0])
		if l != l.tree.root {
			name = l.name + "." + name
		}
		return l.tree.logger(name), nil
	},
}

// Attr is a property or a method.
func (l *logger) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(l.name), nil
	case "level":
		return integer(l.level), nil
	case "disabled":
		return starlark.Bool(l.disabled), nil
	case "propagate":
		return l.propagate, nil
	case "handlers":
		return list(nil), nil
	}
	return loggerMethods.bind(l, name), nil
}

// AttrNames lists the attributes, sorted.
func (l *logger) AttrNames() []string {
	return append(sortedKeys(loggerMethods), "name", "level", "disabled", "propagate")
}

// SetField sets disabled or propagate.
func (l *logger) SetField(name string, v starlark.Value) error {
	switch name {
	case "disabled":
		l.disabled = bool(v.Truth())
	case "propagate":
		l.propagate = v
	default:
		return pyrt.Errorf("AttributeError", "'%s' object attribute '%s' cannot be set here", l.typ, name)
	}
	return nil
}
