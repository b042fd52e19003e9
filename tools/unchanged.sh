#!/bin/sh
# Succeed if nothing that templates/ is made from, and nothing in it, is newer than the last run.

# A missing file or folder counts as a change: find reports it on stderr. A removed file changes the
# time of its folder.
changed=$(find build.py .cfnlintrc generator templates -name __pycache__ -prune \
	-o -newer .venv/templates -print 2>&1)
[ -z "$changed" ]
