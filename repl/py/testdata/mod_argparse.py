import argparse, sys, os
os.environ["COLUMNS"] = "80"
p = argparse.ArgumentParser(prog="scan", description="Scan hosts for open ports.", epilog="Be polite.")
p.add_argument("target", help="host or network")
p.add_argument("ports", nargs="*", type=int, help="ports to try")
p.add_argument("-i", "--iface", default="eth0", help="interface (default: %(default)s)")
p.add_argument("-c", "--count", type=int, default=1, metavar="N")
p.add_argument("-v", "--verbose", action="count", default=0)
p.add_argument("--dry-run", action="store_true", help="send nothing at all, but say at some length what would have been sent if this were not given")
p.add_argument("--mode", choices=["syn", "udp"], default="syn")
p.add_argument("-x", action="append")
p.add_argument("--pair", nargs=2, type=float)
print(p.parse_args(["10.0.0.1"]))
print(p.parse_args(["-vv", "10.0.0.1", "80", "443", "-c5", "--iface=lo", "--dry", "--mode", "udp", "-x", "1", "-x2", "--pair", "1", "-2.5"]))
ns = p.parse_args(["--count", "3", "h"])
print(ns.target, ns.count, ns.dry_run, vars(ns) if False else ns.x)
print(p.parse_known_args(["h", "--nope", "-z"]))
print(p.parse_args(["--", "-h"]))
p.print_help()
for bad in [[], ["h", "-c", "x"], ["h", "--mode", "tcp"], ["h", "-c"], ["h", "--nope"], ["h", "--pair", "1"], ["h", "--dry-run=1"]]:
    try:
        p.parse_args(bad)
    except SystemExit as e:
        print(bad, e.code)
try:
    p.parse_args(["--help"])
except SystemExit as e:
    print(e.code)
q = argparse.ArgumentParser(prog="q", add_help=False)
g = q.add_mutually_exclusive_group()
g.add_argument("-a", action="store_true")
g.add_argument("-b", action="store_const", const=5)
q.add_argument("files", nargs="+")
q.add_argument("out", nargs="?", default="-")
q.set_defaults(extra=1)
print(q.parse_args(["-b", "f1", "f2"]), q.parse_args(["f"]))
try:
    q.parse_args(["-a", "-b", "x"])
except SystemExit as e:
    print(e.code)
r = argparse.ArgumentParser(prog="r")
r.add_argument("--need", required=True)
r.add_argument("-n", nargs="?", const="c", default="d")
print(r.parse_args(["--need", "1"]), r.parse_args(["--need=", "-n"]), r.parse_args(["--need", "x", "-n", "y"]))
print(argparse.Namespace(a=1, b="x"), argparse.Namespace(a=1) == argparse.Namespace(a=1))
s = argparse.ArgumentParser(prog="s", usage="%(prog)s [options]")
g = s.add_mutually_exclusive_group(required=True)
g.add_argument("-a", action="store_true")
g.add_argument("--bee")
print(s.format_usage(), s.parse_args(["--bee", "x"]))
try:
    s.parse_args([])
except SystemExit as e:
    print(e.code)
u = argparse.ArgumentParser(prog="u")
g = u.add_mutually_exclusive_group()
g.add_argument("-a", action="store_true")
g.add_argument("--bee")
print(u.format_usage())
