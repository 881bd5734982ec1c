#!/bin/sh
# Makes the expected outputs: what CPython 3.11 prints for each file here.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
tmp=$(mktemp -d) || exit 1
cd "$tmp" || exit 1
for f in "$here"/*.py; do
	python3 -W ignore "$f" >"${f%.py}.out" 2>/dev/null </dev/null || echo "$f: python3 failed" >&2
done
rm -r "$tmp"
