#!/bin/sh
# Succeed when nothing that templates/ is made of, and nothing in it, is newer than the last run.

# A file or a folder that is missing counts as a change: find says so on stderr. A removed file is
# seen by the time of its folder.
changed=$(find build.py .cfnlintrc generator templates -name __pycache__ -prune \
	-o -newer .venv/templates -print 2>&1)
[ -z "$changed" ]
