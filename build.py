#!/usr/bin/env python3
"""The command line: one verb per step; without a verb, `templates`."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - an older Python gets a sentence, not a traceback
    sys.exit("build.py: this Python is older than 3.10: install Python 3.10 or newer")

import os

# python -I, python -P and PYTHONSAFEPATH leave the folder of this file out of sys.path.
sys.path.insert(0, os.path.split(os.path.realpath(__file__))[0])

import io
from collections.abc import Sequence

from generator.command import FINDING, FINE, USAGE, WHOLE, parser
from generator.command.printing import say, write
from generator.printable import without_secrets

__all__ = ["FINDING", "FINE", "USAGE", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return 0 if all is well, 1 for a finding or a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it: nobody reads it
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    if isinstance(sys.stdout, io.TextIOWrapper):  # it may not encode all of a path or a diff
        sys.stdout.reconfigure(errors="backslashreplace")
    interrupted = WHOLE
    try:
        try:
            arguments = parser.parsed(words)
            interrupted = arguments.interrupted
            status: int = arguments.run(arguments)
        except SystemExit as leave:  # argparse has printed help, the version or what is wrong
            status = USAGE if leave.code else FINE
            write("", sys.stderr)
            write("")
    except KeyboardInterrupt:
        say(f"interrupted; {interrupted}")
        return 130
    except ModuleNotFoundError as error:
        say(
            f"Python package {error.name!r} is missing: run `make templates`, which installs it "
            "into .venv, and run this with .venv/bin/python"
        )
        return FINDING
    except (MemoryError, RecursionError):
        say(f"{without_secrets(' '.join(words))}: takes more memory than there is; give less")
        return USAGE
    except OSError as error:
        # A failed rename is about the file that it would replace; a full disk has no name.
        where = error.filename2 or error.filename or "cannot write"
        say(f"{where}: {error.strerror}; {interrupted}")
        return FINDING
    return status


if __name__ == "__main__":
    sys.exit(main())
