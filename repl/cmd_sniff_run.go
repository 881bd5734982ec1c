package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"pktsh/layers"
	"pktsh/sniff"
	"pktsh/sniff/filter"
	"pktsh/sniff/pcapfile"
)

// packetSink takes records: a file, or a series of files.
type packetSink interface {
	Write(*pcapfile.Record) error
	WriteBlock(*pcapfile.Block) (bool, error)
	Pending() bool
	Flush() error
	Close() error
	Count() int
	Lost() (cut, options int)
}

// sniffRunner is one run of pktsh sniff.
type sniffRunner struct {
	c       *sniffCmd
	sink    packetSink // nil: no -w
	mu      sync.Mutex // sink, which is flushed on the side
	printer *packetPrinter
	count   int
	skipped map[string]int // packets that a pcap file cannot take, by interface
	damaged bool
	unsaved bool // writing failed
	lostBlk int
}

// errEnough ends the reading at -c.
var errEnough = errors.New("enough")

// sniffCommand is pktsh sniff. It makes no shell: nothing is interpreted per packet.
func sniffCommand(args []string) int {
	filter.LookupHost = lookupHosts
	c, err := parseSniff(args)
	if errors.Is(err, errHelp) {
		fmt.Print(sniffUsage)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "pktsh sniff: %v\npktsh sniff -h tells what may stand here\n", err)
		return exitUsage
	}
	if c.dump > 0 {
		text, err := c.program()
		if err != nil {
			return sniffFailed(err)
		}
		fmt.Print(text)
		return exitOK
	}
	layers.NumericPorts = c.numeric
	ctx, stop := signal.NotifyContext(context.Background(), append(endSignals(), os.Interrupt)...)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader of --print who leaves does not cost -w its last packets
	r := &sniffRunner{c: c, skipped: map[string]int{}}
	return r.run(ctx)
}

// sniffFailed tells an error, with the place in the filter if it is there.
func sniffFailed(err error) int {
	fmt.Fprintf(os.Stderr, "pktsh sniff: %v\n", err)
	var caret interface{ Caret() string }
	if errors.As(err, &caret) {
		place := strings.SplitN(caret.Caret(), "\n", 3)
		fmt.Fprintln(os.Stderr, strings.Join(place[:min(len(place), 2)], "\n"))
		return exitUsage
	}
	return exitError
}

func (r *sniffRunner) run(ctx context.Context) int {
	if (r.c.write == "" || r.c.print) && !r.c.quiet {
		// Printing makes short-lived packets only: a few MiB live. A collector that runs
		// five times more rarely costs some 50 MiB and saves a fifth of the time.
		debug.SetGCPercent(500)
		r.printer = newPacketPrinter(r.c, os.Stdout)
	}
	var err error
	var told string
	if len(r.c.files) > 0 {
		err = r.readFiles(ctx)
	} else {
		told, err = r.capture(ctx)
	}
	interrupted := ctx.Err() != nil
	if r.printer != nil {
		if e := r.printer.close(); e != nil && err == nil {
			err = e
		}
	}
	if r.sink != nil {
		if e := r.sink.Close(); e != nil {
			r.unsaved = true
			if err == nil {
				err = e
			}
		}
	}
	gone := errors.Is(err, syscall.EPIPE) // who read has enough
	if gone && (r.sink == nil || r.unsaved) {
		return exitOK
	}
	r.tell(told, interrupted)
	if gone {
		return exitOK
	}
	switch {
	case err != nil && !errors.Is(err, errEnough) && !errors.Is(err, pcapfile.ErrLastFile) && !errors.Is(err, context.Canceled):
		return sniffFailed(err)
	case interrupted && len(r.c.files) > 0:
		return exitInterrupted
	case r.damaged || len(r.skipped) > 0:
		return exitError
	}
	return exitOK
}

// flushing hands on, every so often until stop is called, the lines that lie in buffers;
// and packets that are written, where those behind them may take their time.
func (r *sniffRunner) flushing(packets bool) (stop func()) {
	if !packets && r.printer == nil {
		return func() {}
	}
	over := make(chan struct{})
	var side sync.WaitGroup
	side.Go(func() {
		ticks := time.NewTicker(flushEvery)
		defer ticks.Stop()
		for {
			select {
			case <-over:
				return
			case <-ticks.C:
			}
			if r.printer != nil {
				r.printer.flush()
			}
			if packets {
				r.flushSink()
			}
		}
	})
	return func() {
		close(over)
		side.Wait()
	}
}

func (r *sniffRunner) flushSink() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sink != nil && r.sink.Pending() {
		_ = r.sink.Flush() // the next write tells it
	}
}

// tell prints the counts on standard error: of captures, of what was written, and
// when interrupted.
func (r *sniffRunner) tell(told string, interrupted bool) {
	say := func(format string, a ...any) { fmt.Fprintf(os.Stderr, format+"\n", a...) }
	if r.sink != nil {
		cut, options := r.sink.Lost()
		if r.unsaved {
			say("not all of the packets are in %s", r.c.write)
		} else {
			say("%d packets written to %s", r.sink.Count(), r.c.write)
		}
		if options > 0 && len(r.c.files) > 0 { // of a capture it is the direction alone
			say("comments and other options of %d packets were left out: pcap has no room for them, .pcapng has", options)
		}
		if cut > 0 {
			say("%d packets were cut to %d bytes", cut, r.c.snap)
		}
		if r.lostBlk > 0 {
			say("%d blocks of the files were not taken over", r.lostBlk)
		}
	} else if told != "" || interrupted {
		say("%d packets", r.count)
	}
	for what, n := range r.skipped {
		say("%d packets %s are not in %s: a pcap file has one link type for all; write a .pcapng file", n, what, r.c.write)
	}
	if told != "" {
		say("%s", told)
	}
}

// create opens what -w names; like is the reader of the file that is rewritten, if any.
func (r *sniffRunner) create(like *pcapfile.Reader) (err error) {
	c := r.c
	o := pcapfile.Options{SnapLen: c.snap, Sync: c.sync, Micros: like == nil || !like.Nanos()}
	if c.nano != nil {
		o.Micros = !*c.nano
	}
	if like != nil {
		o.LinkType, o.HasLink = like.LinkType(), true
		if format, _ := pcapfile.FormatOf(c.write); c.write == "-" && like.Format() == pcapfile.PcapNG && format == pcapfile.Pcap {
			o.Format = pcapfile.PcapNG // a pipe has no name that says it
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.rotation != (pcapfile.Rotation{}) {
		r.sink, err = pcapfile.NewRotator(c.write, o, c.rotation, nil)
		return err
	}
	w, err := pcapfile.Create(c.write, o)
	if err == nil {
		r.sink = w
	}
	return err
}

// readFiles is -r. A record is filtered and written as it stands in the reader's
// buffer; it becomes a packet only to be printed.
func (r *sniffRunner) readFiles(ctx context.Context) error {
	files, err := sniff.OpenFiles(r.c.files, sniff.FileOptions{Filter: r.c.expr, Forget: true, Notify: func(err error) {
		r.damaged = true
		fmt.Fprintf(os.Stderr, "pktsh sniff: %v\n", err)
	}})
	if err != nil {
		return err
	}
	defer files.Close()
	waits := slices.ContainsFunc(files.Readers(), (*pcapfile.Reader).Waits)
	defer r.flushing(waits)()
	stop := context.AfterFunc(ctx, func() { files.Close() })
	defer stop()
	if r.c.write != "" {
		if same := sameFile(r.c.write, files.Readers()); same != "" {
			return fmt.Errorf("-w %s would write over %s, which is read", r.c.write, same)
		}
		var like *pcapfile.Reader
		readers := files.Readers()
		if len(readers) > 0 {
			like = readers[0]
		}
		if len(readers) == 1 { // several files' blocks would stand in each other's section
			var held []pcapfile.Block // from before the file is open
			like.OnBlock = func(b *pcapfile.Block) {
				if r.sink == nil {
					c := *b
					c.Body = append([]byte(nil), b.Body...)
					held = append(held, c)
					return
				}
				r.block(b)
			}
			_ = like.Peek() // told by reading
			if err := r.create(like); err != nil {
				return err
			}
			for i := range held {
				r.block(&held[i])
			}
		} else {
			_ = like.Peek()
			if err := r.create(like); err != nil {
				return err
			}
		}
	}
	recs := make([]pcapfile.Record, 256)
	file, _ := r.sink.(*pcapfile.Writer)
	copies := file != nil && r.printer == nil && !waits
	for {
		batch := recs
		if copies {
			copied, err := r.copy(files, file)
			if err != nil {
				return err
			}
			if copied > 0 {
				batch = recs[:1] // those behind it are copied
			}
		}
		n, label, err := files.ReadRecords(batch)
		if err == io.EOF {
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.take(batch[:n], label); err != nil {
			return err
		}
	}
}

// copy writes what can be copied of a file, and tells how many packets that was.
func (r *sniffRunner) copy(files *sniff.Files, to *pcapfile.Writer) (n int, err error) {
	most := math.MaxInt
	if r.c.count > 0 {
		most = r.c.count - r.count
	}
	n, err = files.CopyRun(to, most)
	if r.count += n; err == nil && n == most {
		err = errEnough
	}
	return n, err
}

// sameFile is the name of the reader that is the file w.
func sameFile(w string, among []*pcapfile.Reader) string {
	st, err := os.Stat(w)
	if err != nil || !st.Mode().IsRegular() {
		return ""
	}
	for _, r := range among {
		if o, err := os.Stat(r.Name()); err == nil && os.SameFile(st, o) {
			return r.Name()
		}
	}
	return ""
}

func (r *sniffRunner) block(b *pcapfile.Block) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok, err := r.sink.WriteBlock(b); !ok && err == nil && b.Type != pcapfile.BlockSection && b.Type != pcapfile.BlockInterface {
		r.lostBlk++
	}
}

// take writes and prints records; label is what interface to print where they do
// not say.
func (r *sniffRunner) take(recs []pcapfile.Record, label string) (err error) {
	if n := r.c.count - r.count; r.c.count > 0 && n <= len(recs) {
		recs, err = recs[:n], errEnough
	}
	if r.sink != nil {
		if e := r.save(recs); e != nil {
			return e
		}
	}
	if r.printer != nil {
		for i := range recs {
			p := sniff.PacketOf(&recs[i])
			if p.Meta.Iface() == "" {
				p.Meta.Edit().Iface = label
			}
			if e := r.printer.put(p); e != nil {
				return e
			}
		}
	}
	r.count += len(recs)
	return err
}

// save writes records. Those that a pcap file cannot take are counted.
func (r *sniffRunner) save(recs []pcapfile.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range recs {
		err := r.sink.Write(&recs[i])
		if err == nil {
			continue
		}
		var link *pcapfile.LinkTypeError
		if !errors.As(err, &link) {
			return err
		}
		what := "of link type " + link.Record.String()
		if name := recs[i].Iface.Name; name != "" {
			what = "of " + name
		}
		if r.skipped[what]++; r.skipped[what] == 1 {
			fmt.Fprintf(os.Stderr, "pktsh sniff: %v; those %s are left out\n", err, what)
		}
	}
	return nil
}
