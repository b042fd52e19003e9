"""Run a command as soon as no other one runs that was started by this script.

Usage: python3 tools/alone.py COMMAND. The kernel releases the lock when the command and all that it
started have ended, even if they were killed. (Not every system has flock(1).) COMMAND gets the path
of this Python, outside of any environment, as its last argument.
"""

import fcntl
import os
import sys

try:
    lock = os.open(".venv.lock", os.O_WRONLY | os.O_CREAT)
    os.set_inheritable(lock, True)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Another make is building: waiting for it ...", flush=True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
    except KeyboardInterrupt:
        sys.exit(130)
except OSError:
    pass  # a file system without locks
os.execvp(sys.argv[1], [*sys.argv[1:], os.path.realpath(sys.executable)])
