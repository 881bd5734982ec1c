#!/bin/sh
# Makes the expected outputs: what CPython 3.11 prints for each file here.
cd "$(dirname "$0")" || exit 1
for f in *.py; do
	python3 -W ignore "$f" >"${f%.py}.out" 2>/dev/null </dev/null || echo "$f: python3 failed" >&2
done
