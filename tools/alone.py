"""Run a command while no other one runs that was started like this: python3 tools/alone.py COMMAND.

The kernel lets go of the lock when the command and what it started have ended, however they did:
killed ones leave none behind. (flock(1) is not everywhere.) COMMAND gets the path of this Python,
outside of any environment, as its last argument.
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
