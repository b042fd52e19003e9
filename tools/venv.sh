#!/bin/sh
# Build an environment from hashed lock files, whole or not at all; do nothing when it is there.
#
#   sh tools/venv.sh users    .venv with what `make templates` needs: requirements.txt
#   sh tools/venv.sh tests    .venv with what the other targets need: requirements-test.txt, a superset
#   sh tools/venv.sh audit    .venv-audit with what `make audit` needs
#
# The file lock in it, written last, holds the lock files that were installed. Without it, or with
# other text in it, nothing in it is trusted: an install that was killed is built again.
set -u

# pip would count the packages there as installed, but they are not in .venv.
unset PYTHONPATH PYTHONHOME

case $1 in
	users) venv=.venv locks=requirements.txt ;;
	tests) venv=.venv locks="requirements.txt requirements-test.txt" ;;
	audit) venv=.venv-audit locks=tools/requirements-audit.txt ;;
esac
lock=${locks##* }
again="then run make again"

stop() {
	printf '%s\n' "$*" >&2
	exit 1
}

# holds LOCK...: the environment is whole, and made of these lock files as they are now.
holds() {
	"$venv/bin/python" -c '' 2>/dev/null && cat "$@" 2>/dev/null | cmp -s - "$venv/lock" &&
		# Only a Python that was asked for by name replaces one that works.
		{ [ -z "${PYTHON:-}" ] || [ "$PYTHON" = "$(cat "$venv/made-by")" ]; }
}

check_python() {
	newer="install Python 3.10 or newer, $again (or name one you have: make PYTHON=/path/to/python3"
	command -v "$python" >/dev/null 2>&1 || stop "$python is not installed: $newer ...)."
	version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
	case $version in
		3.[1-9][0-9] | [4-9].*) ;;
		'') stop "$python does not run: $newer ...)." ;;
		*) stop "$python is Python $version, too old: $newer ...)." ;;
	esac
	# The pip that comes with Python; some distributions keep its wheel in a folder of their own.
	pip=$("$python" -c 'import ensurepip, glob, os.path as path, sysconfig, venv
own = path.join(path.dirname(ensurepip.__file__), "_bundled")
folders = [sysconfig.get_config_var("WHEEL_PKG_DIR") or own, own]
print([wheel for each in folders for wheel in glob.glob(path.join(each, "pip-*.whl"))][0])
' 2>/dev/null) ||
		stop "$python cannot make a virtual environment without its modules venv and ensurepip:" \
			"install them (Debian, Ubuntu: apt install python$version-venv), $again."
}

# Run pip from its wheel: to install it first takes seconds. --no-deps: the locks are complete.
# PIP_USER: a user install, which some have in their pip configuration, would not go into it.
install() {
	PIP_USER=0 "$venv/bin/python" "$pip/pip" install --disable-pip-version-check --no-input \
		--progress-bar off --no-compile --no-deps --require-hashes -r "$lock" "$@" >"$log" 2>&1
}

# pip downloads all before it installs anything: until then nothing has changed.
began() { grep -qE 'Installing collected packages|DO NOT MATCH THE HASHES' "$log"; }

fail() {
	# A 404 does not count: one of two indexes may lack a package.
	if ! began && grep -qE -e 'Could not fetch URL .*(connection error|ssl|timed out|Server Error)' \
		-e 'Could not fetch URL .*: (401|403|407) ' \
		-e '(ConnectionError|TimeoutError|ProxyError|SSLError)' "$log"; then
		if [ "$adding" ]; then cat requirements.txt >"$venv/lock"; else rm -rf "$venv"; fi
		stop "The package index that pip uses cannot be reached: connect this machine to it," \
			"or name a mirror in PIP_INDEX_URL (behind a proxy: HTTPS_PROXY, PIP_CERT), $again."
	fi
	rm -rf "$venv"
	trap - EXIT
	stop "pip could not install $lock: $(sed -nE -e '/ERROR: Exception:/d' -e 's/^ *ERROR: //p' \
		-e '/^[A-Za-z_.]+(Error|Exception)/p' "$log" | head -n 1)" \
		"- fix that (the full output of pip is in $log), $again."
}

for file in $locks; do
	[ -f "$file" ] || stop "$file is missing: bring it back (git checkout $file), $again."
done
holds $locks && exit
# What tests need includes what users need.
[ "$1" = users ] && holds requirements.txt requirements-test.txt && exit
if [ "$1" = tests ] && holds requirements.txt; then adding=1; else adding=; fi

if [ $# = 1 ]; then
	python=${PYTHON:-python3}
	[ "$adding" ] && python=$venv/bin/python
	check_python
	exec "$python" tools/alone.py sh "$0" "$1" "$version" "$pip"
fi
version=$2 pip=$3 python=$4

log=$(mktemp) ||
	stop "Cannot make a temporary file: set TMPDIR to a folder that you can write to, $again."
trap 'rm -f "$log"' EXIT
trap 'rm -rf "$venv"; exit 130' HUP INT TERM

if [ "$adding" ]; then
	echo "Adding $lock to $venv (once, about half a minute) ..."
	rm "$venv/lock"
else
	echo "Building $venv from $lock with Python $version (once, about half a minute) ..."
	rm -rf "$venv"
	"$python" -m venv --without-pip "$venv" >"$log" 2>&1 || {
		rm -rf "$venv"
		stop "$python -m venv $venv failed: $(tail -n 1 "$log")"
	}
	printf '%s\n' "${PYTHON:-python3}" >"$venv/made-by"
fi
# -vv is slow, but some versions of pip say only then that they did not reach the index.
install || { ! began && install -vv --retries 0; } || fail
# Renamed, so that a full disk leaves no half of it.
cat $locks >"$venv/lock.new" && mv "$venv/lock.new" "$venv/lock"
