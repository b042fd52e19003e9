#!/bin/sh
# Build .venv from the hashed lock files, whole or not at all; do nothing when it is there already.
#
#   sh tools/venv.sh users    what `make templates` needs: requirements.txt
#   sh tools/venv.sh tests    what the other targets need: requirements-test.txt, a superset
#
# .venv/lock, written last, holds the lock files that were installed. Without it, or with other
# text in it, .venv is not trusted: an install that was killed is built again.
set -u

# What these name is not in .venv: pip would count it as installed, and it is gone the next time.
unset PYTHONPATH PYTHONHOME

python=${PYTHON:-python3}
again="then run make again"
log=

stop() {
	printf '%s\n' "$*" >&2
	exit 1
}

locks() {
	case $1 in
		users) cat requirements.txt ;;
		tests) cat requirements.txt requirements-test.txt ;;
	esac
}

# holds users|tests: .venv is whole, and made of these lock files as they are now.
holds() {
	.venv/bin/python -c '' 2>/dev/null && [ -f .venv/lock ] && locks "$1" | cmp -s - .venv/lock &&
		# Only a Python that was asked for by name replaces one that works.
		{ [ -z "${PYTHON:-}" ] || [ "$PYTHON" = "$(cat .venv/made-by)" ]; }
}

check_python() {
	command -v "$python" >/dev/null 2>&1 ||
		stop "$python is not installed: install Python 3.10 or newer, $again" \
			"(or name one you have: make PYTHON=/path/to/python3 ...)."
	version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) &&
		[ -n "$version" ] ||
		stop "$python does not run: install Python 3.10 or newer, $again" \
			"(or name one you have: make PYTHON=/path/to/python3 ...)."
	case $version in
		3.[1-9][0-9] | [4-9].*) ;;
		*) stop "$python is Python $version, too old: install Python 3.10 or newer, $again" \
			"(or name one you have: make PYTHON=/path/to/python3 ...)." ;;
	esac
	# The one in .venv (it is active, say) is about to go: use the one that it was made by.
	within='import os, sys; real = os.path.realpath
if real(sys.prefix) == real(".venv"): print(real(sys.executable))'
	outside=$("$python" -c "$within") && [ -n "$outside" ] && python=$outside
	"$python" -c 'import ensurepip, venv' 2>/dev/null ||
		stop "$python cannot make a virtual environment, its modules venv and ensurepip are missing:" \
			"install them (Debian, Ubuntu: apt install python$version-venv), $again."
}

# Only where pip had not begun to install. A 404 is no sign: of two indexes one may lack a package.
unreachable() {
	! grep -qE 'Installing collected packages|DO NOT MATCH THE HASHES' "$log" &&
		grep -qE -e 'Could not fetch URL .*(connection error|ssl|timed out|Server Error)' \
			-e 'Could not fetch URL .*: (401|403|407) ' \
			-e '(ConnectionError|TimeoutError|ProxyError|SSLError)' "$log"
}

# install LOCK KEPT: KEPT says what to trust afterwards when the package index cannot be reached.
# pip downloads all before it installs anything, so then .venv is as it was before.
install() {
	rm -f .venv/lock
	# -vv: only there does every pip say that it did not reach the index.
	# PIP_USER: a user install, which some have in their pip configuration, would not go into .venv.
	PIP_USER=0 .venv/bin/python -m pip install --disable-pip-version-check --no-input -vv \
		--progress-bar off --require-hashes -r "$1" >"$log" 2>&1 && return
	if unreachable; then
		if [ "$2" = users ]; then locks users >.venv/lock; else rm -rf .venv; fi
		stop "The package index that pip uses cannot be reached: connect this machine to it," \
			"or name a mirror in PIP_INDEX_URL (behind a proxy: HTTPS_PROXY, PIP_CERT), $again."
	fi
	rm -rf .venv
	reason=$(sed -n -e '/ERROR: Exception:/d' -e 's/^ *ERROR: //p' "$log" | head -n 1)
	trap - EXIT
	stop "pip could not install $1: ${reason:-$(grep -E '^[A-Za-z_.]+(Error|Exception)' "$log" | tail -n 1)}" \
		"- mend that (all that pip said is in $log), $again."
}

wanted=$1
# What tests need includes what users need.
holds tests && exit
[ "$wanted" = users ] && holds users && exit

for lock in requirements.txt requirements-test.txt; do
	[ -f "$lock" ] || stop "$lock is missing: bring it back (git checkout $lock), $again."
done
log=$(mktemp) || stop "No temporary file can be made: set TMPDIR to a folder you can write to, $again."
trap 'rm -f "$log"' EXIT
trap 'rm -rf .venv; exit 130' HUP INT TERM

if [ "$wanted" = tests ] && holds users; then
	echo "Adding requirements-test.txt to .venv (once, about a minute) ..."
	install requirements-test.txt users
else
	check_python
	case $wanted in
		users) lock=requirements.txt ;;
		tests) lock=requirements-test.txt ;;
	esac
	echo "Building .venv from $lock with Python $version (once, about a minute) ..."
	rm -rf .venv
	"$python" -m venv .venv >"$log" 2>&1 || {
		rm -rf .venv
		stop "$python -m venv .venv failed: $(tail -n 1 "$log")"
	}
	install "$lock" nothing
	printf '%s\n' "${PYTHON:-python3}" >.venv/made-by
fi
# Renamed, so that a full disk leaves no half of it.
locks "$wanted" >.venv/lock.new && mv .venv/lock.new .venv/lock
