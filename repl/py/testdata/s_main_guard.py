"""Module doc string."""
import sys
VERSION = "1.0"
def usage(): return f"usage: prog [-v] {VERSION}"
def main(argv):
    verbose = False
    rest = []
    for a in argv:
        if a == "-v": verbose = True
        elif a.startswith("-"):
            print(usage(), "unknown", a)
            return 2
        else: rest.append(a)
    print(verbose, rest)
    return 0
if __name__ == "__main__":
    print(main(["-v", "x"]), main(["-q"]), main([]))
    print(__name__)
