#!/bin/sh
# Run every check, also after one has failed, and fail when any did. pytest is last: its closing
# line sums up. A worker of it takes up to a gigabyte, so that there are never more than eight.

failed=
check() {
	printf '\n== %s\n' "$*"
	.venv/bin/python "$@" || failed="$failed
  $*"
}

check -m ruff format --check
check -m ruff check
check -m mypy
check build.py check
check -m pytest --numprocesses auto --maxprocesses 8

[ -z "$failed" ] || { printf 'make test: failed:%s\n' "$failed" >&2; exit 1; }
