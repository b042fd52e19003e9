#!/bin/sh
# Hold templates/ against checkov's policies, in an environment of its own (.venv-audit): what
# checkov pins would hold back what we use. The lock file is its record, as in tools/venv.sh.
# Nothing but the installation reaches the network.
set -u

lock=requirements-audit.txt

stop() {
	printf '%s\n' "$*" >&2
	exit 1
}

[ -f "$lock" ] || stop "$lock is missing: bring it back (git checkout $lock), then run make again."
if ! { [ -x .venv-audit/bin/checkov ] && cmp -s "$lock" .venv-audit/lock; }; then
	echo "Building .venv-audit from $lock (once, some minutes) ..." >&2
	rm -rf .venv-audit
	.venv/bin/python -m venv .venv-audit &&
		PIP_USER=0 .venv-audit/bin/python -m pip install --quiet --disable-pip-version-check \
			--no-input --require-hashes -r "$lock" || {
		rm -rf .venv-audit
		stop "$lock could not be installed: pip says why above; mend that, then run make again."
	}
	# Renamed, so that a full disk leaves no half of it.
	cp "$lock" .venv-audit/lock.new && mv .venv-audit/lock.new .venv-audit/lock
fi

found=$(.venv-audit/bin/checkov --directory templates --framework cloudformation \
	--skip-download --compact --quiet 2>&1)
status=$?
printf '%s\n' "$found"
[ "$status" -eq 0 ] || stop "make audit: a check failed: change the template, or accept the" \
	"finding with its reason (generator.elements.accepted)."
# A file that checkov does not take for a template passes every check.
printf '%s\n' "$found" | grep -q 'Passed checks: [1-9]' ||
	stop "make audit: checkov checked nothing: see which files it takes for templates."
