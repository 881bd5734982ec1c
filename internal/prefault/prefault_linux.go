// Package prefault makes a program that imports it start sooner: it has the kernel put
// memory behind the program's variables and the beginning of its heap in three calls, before
// the other packages initialise themselves there page by page.
//
// A page's first touch is a fault, which on virtual machines costs some 25 µs, ten times as
// much as a page in a call for many (MADV_POPULATE_WRITE, since Linux 5.14). pktsh started in 18.7 ms, of
// which 430 faults were more than half, and starts in 15.6.
//
// Of the packages that are ready the one of the least path is initialised next. This one
// needs package syscall alone, and so comes before os, unicode and all that need those.
package prefault

import (
	"syscall"
	"unsafe"
)

const (
	populateWrite = 23 // MADV_POPULATE_WRITE (linux/mman.h); package syscall does not have it
	page          = 4096

	// Initialisation and a short script stay within this of the heap's first objects.
	below, above = 512 << 10, 1 << 20

	// Of the variables that begin as zero, the first are those of all packages; behind
	// them are large tables of which little is used.
	zeroed = 256 << 10
)

var (
	maps [8 << 10]byte // holds the lines of a program without libraries
	heap *[64]byte
)

func init() {
	fd, err := syscall.Open("/proc/self/maps", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return // everything works without
	}
	n, _ := syscall.Read(fd, maps[:])
	syscall.Close(fd)
	heap = new([64]byte)
	populate(string(maps[:max(n, 0)]), uintptr(unsafe.Pointer(&maps)), uintptr(unsafe.Pointer(heap)), populatePages)
}

func populatePages(from, to uintptr) {
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, from, to-from, populateWrite)
}

// populate calls fault for what is to be populated of the mappings in the lines of
// proc_pid_maps(5): of variables up to those that hold zero, and of the heap that holds the other address.
func populate(lines string, zero, heap uintptr, fault func(from, to uintptr)) {
	for lines != "" {
		var m mapping
		if m, lines = nextMapping(lines); !m.writable {
			continue
		}
		switch {
		case m.from <= zero && zero < m.to:
			fault(m.from, min(m.to, m.from+zeroed))
		case m.to <= zero && m.file: // the initialised ones stand in front
			fault(m.from, m.to)
		case m.from <= heap && heap < m.to:
			at := heap &^ (page - 1)
			fault(max(m.from, at-below), min(m.to, at+above))
		}
	}
}

// A mapping is a line of proc_pid_maps(5).
type mapping struct {
	from, to       uintptr
	writable, file bool
}

// nextMapping reads the first line, "from-to rwxp offset device inode path". One that was
// cut off gives no mapping.
func nextMapping(s string) (m mapping, rest string) {
	end := 0
	for end < len(s) && s[end] != '\n' {
		end++
	}
	if end == len(s) {
		return mapping{}, ""
	}
	line, rest := s[:end], s[end+1:]
	m.from, line = hex(line)
	m.to, line = hex(line)
	if len(line) < 5 {
		return mapping{}, rest
	}
	m.writable = line[1] == 'w' && line[3] == 'p'
	m.file = line[len(line)-1] != ']' && line[len(line)-1] != ' '
	return m, rest
}

// hex reads a number and the byte behind it.
func hex(s string) (v uintptr, rest string) {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			v = v<<4 | uintptr(c-'0')
		case 'a' <= c && c <= 'f':
			v = v<<4 | uintptr(c-'a'+10)
		default:
			return v, s[i+1:]
		}
	}
	return v, ""
}
