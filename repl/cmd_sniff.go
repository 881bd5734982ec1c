package repl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pktsh/sniff/filter"
	"pktsh/sniff/pcapfile"
)

const sniffUsage = `pktsh sniff: capture packets, or read them from files, to print them or write them.

  pktsh sniff [-i IFACE]… [FILTER…]          print what comes, one line a packet
  pktsh sniff -r FILE… [FILTER…]             print what files hold, merged by time
  pktsh sniff -r IN -w OUT [FILTER…]         keep what the filter accepts
  tcpdump -w - | pktsh sniff -r - --json     in a pipe

Where from:
  -i IFACE       interface, again for several; without it all of them
  -r FILE        capture file, again for several, patterns too; - is standard input
  --netns NS     network namespace: name, path or process id
  -p             not promiscuous
  -B KIB         size of the kernel's ring in KiB
  -s BYTES       keep so many bytes of each packet
  -c N           stop after N packets
How to print:
  -n             ports as numbers
  -t -tt -ttt -tttt -ttttt
                 no time; seconds since 1970; since the packet before; with the
                 date; since the first packet
  -v             every field (show)      -x     bytes in hexadecimal too
  --json         one JSON object a line: time, iface, len, caplen, layers
  --fields LIST  these fields, with tabs between them (--separator S for another):
                 IP.src, tcp.flags …: a layer and a field of it as ls() names
                 them, in capitals or not; frame.time, .number, .len, .caplen,
                 .iface, .comment, .summary, .layers. What a packet lacks is
                 empty; of layers inside fields, as DNSRR.rdata, all are given
  -q             print no packets
Where to:
  -w FILE        capture file; its name says the format (.pcapng, .gz, .zst); -
                 is standard output. Print too with --print
  -U             hand each packet on at once
  -C SIZE        a new file after so many bytes; k, m, g stand for powers of 1000,
                 a plain number counts millions
  -G SECONDS     a new file so often; the name is a strftime pattern
  -W N           with -C: write over the oldest of N files; with -G: N files, then end
  --nano, --micro
                 resolution of times in pcap files: of a file as it is there, of a
                 capture microseconds
  -d, -dd, -ddd  print the filter's program and stop; -y LINKTYPE says for which

SIGINT, SIGTERM and SIGHUP end it and print the counts on standard error. Exit status: 0, also when a
capture was interrupted; 1 for an error or a damaged file, whose packets before the
damage were given; 2 for a wrong command line; 130 when reading was interrupted.
`

// sniffCmd is the command line of pktsh sniff, read.
type sniffCmd struct {
	ifaces, files []string
	netns         string
	noPromisc     bool
	ring          int // bytes
	snap          int
	count         int
	expr          string

	numeric, verbose, hex, json, quiet, print bool
	stamp                                     int // number of t
	fields                                    []outField
	separator                                 string

	write    string
	sync     bool
	rotation pcapfile.Rotation
	nano     *bool
	dump     int // number of d
	link     pcapfile.LinkType
}

// errHelp asks for the usage.
var errHelp = errors.New("help")

// parseSniff reads the arguments behind "pktsh sniff".
func parseSniff(args []string) (*sniffCmd, error) {
	c := &sniffCmd{separator: "\t", link: pcapfile.Ethernet}
	for len(args) > 0 {
		a := args[0]
		switch {
		case a == "--":
			args = args[1:]
		case strings.HasPrefix(a, "--"):
			n, err := c.long(a[2:], args[1:])
			if err != nil {
				return nil, err
			}
			args = args[1+n:]
			continue
		case len(a) > 1 && a[0] == '-':
			n, err := c.short(a[1:], args[1:])
			if err != nil {
				return nil, err
			}
			args = args[1+n:]
			continue
		}
		c.expr = strings.Join(args, " ")
		break
	}
	return c, c.check()
}

func (c *sniffCmd) check() error {
	switch {
	case len(c.ifaces) > 0 && len(c.files) > 0:
		return errors.New("-i and -r together: packets come from interfaces or from files")
	case c.write == "" && c.rotation != (pcapfile.Rotation{}):
		return errors.New("-C, -G and -W are about the files that -w writes")
	case c.rotation.Files > 0 && c.rotation.Bytes == 0 && c.rotation.Every == 0:
		return errors.New("-W wants -C or -G beside it")
	case c.write == "-" && c.print:
		return errors.New("-w - and --print together: standard output is one or the other")
	case c.json && c.fields != nil:
		return errors.New("--json and --fields together: choose one")
	}
	return nil
}

// short reads a cluster of options of one letter and tells how many of the
// arguments behind it were taken.
func (c *sniffCmd) short(cluster string, rest []string) (taken int, err error) {
	for i := 0; i < len(cluster); i++ {
		switch cluster[i] {
		case 'n':
			c.numeric = true
		case 't':
			c.stamp++
		case 'd':
			c.dump++
		case 'p':
			c.noPromisc = true
		case 'v':
			c.verbose = true
		case 'x', 'X':
			c.hex = true
		case 'q':
			c.quiet = true
		case 'U':
			c.sync = true
		case 'l': // output is never held back
		case 'h':
			return 0, errHelp
		case 'i', 'r', 'w', 'c', 's', 'B', 'C', 'G', 'W', 'y':
			val := cluster[i+1:]
			if val == "" {
				if len(rest) == 0 {
					return 0, fmt.Errorf("-%c wants something behind it", cluster[i])
				}
				val, taken = rest[0], 1
			}
			return taken, c.value(string(cluster[i]), val)
		default:
			return 0, fmt.Errorf("there is no option -%c", cluster[i])
		}
	}
	return 0, nil
}

func (c *sniffCmd) long(a string, rest []string) (taken int, err error) {
	yes, no := true, false
	switch a {
	case "json":
		c.json = true
		return 0, nil
	case "print":
		c.print = true
		return 0, nil
	case "nano":
		c.nano = &yes
		return 0, nil
	case "micro":
		c.nano = &no
		return 0, nil
	case "help":
		return 0, errHelp
	}
	name, val, given := strings.Cut(a, "=")
	if !slices.Contains([]string{"fields", "separator", "netns"}, name) {
		return 0, fmt.Errorf("there is no option --%s", name)
	}
	if !given {
		if len(rest) == 0 {
			return 0, fmt.Errorf("--%s wants something behind it", name)
		}
		val, taken = rest[0], 1
	}
	return taken, c.value(name, val)
}

// value sets the option that has one.
func (c *sniffCmd) value(name, val string) (err error) {
	switch name {
	case "i":
		c.ifaces = append(c.ifaces, val)
	case "r":
		c.files = append(c.files, val)
	case "w":
		c.write = val
	case "c":
		c.count, err = positive(name, val, 1)
	case "s":
		c.snap, err = positive(name, val, 0)
	case "B":
		c.ring, err = positive(name, val, 1)
		c.ring <<= 10
	case "C":
		c.rotation.Bytes, err = fileSize(val)
	case "G":
		n := 0
		n, err = positive(name, val, 1)
		c.rotation.Every = time.Duration(n) * time.Second
	case "W":
		c.rotation.Files, err = positive(name, val, 1)
	case "y":
		c.link, err = pcapfile.ParseLinkType(strings.ToUpper(val))
	case "fields":
		c.fields, err = parseFields(val)
	case "separator":
		c.separator = strings.NewReplacer(`\t`, "\t").Replace(val)
	case "netns":
		c.netns = val
	}
	return err
}

func positive(name, val string, least int) (int, error) {
	n, err := strconv.Atoi(val)
	if err != nil || n < least || n > 1<<30 {
		return 0, fmt.Errorf("-%s: got %q, want a number, %d or more", name, val, least)
	}
	return n, nil
}

// fileSize is tcpdump's: millions of bytes, or with a letter.
func fileSize(val string) (int64, error) {
	unit := int64(1e6)
	digits := val
	if n := len(val) - 1; n > 0 {
		if u, ok := map[byte]int64{'k': 1e3, 'm': 1e6, 'g': 1e9, 'b': 1}[val[n]|0x20]; ok {
			unit, digits = u, val[:n]
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("-C: got %q, want a number of millions of bytes, or one with k, m or g", val)
	}
	return n * unit, nil
}

// program is what -d prints.
func (c *sniffCmd) program() (string, error) {
	p, err := filter.Compile(c.expr, filter.Options{LinkType: int(c.link), SnapLen: c.snap})
	if err != nil {
		return "", err
	}
	switch c.dump {
	case 1:
		return p.String(), nil
	case 2:
		return p.DumpC(), nil
	}
	return p.DumpDecimal(), nil
}
