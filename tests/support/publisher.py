"""The command line as a process that tests can kill; it publishes the files of a directory.

`python -m tests.support.publisher DIRECTORY VERB ...`: DIRECTORY stands for what was generated.
It says on stdout when an interrupt has arrived, and is not deaf to one, as jobs in the background
are.
"""

import signal
import sys
from pathlib import Path
from types import FrameType
from unittest import mock

import build
from generator import templates_folder
from tests.local_aws.local_s3 import passes


def main(directory: str, *arguments: str) -> int:
    """Run a verb of the command line."""
    signal.signal(signal.SIGINT, interrupt)
    texts = {path.name: path.read_text(encoding="utf-8") for path in Path(directory).iterdir()}
    with (
        mock.patch.object(templates_folder, "generate", return_value=texts),
        mock.patch("generator.command.release.check", passes),
    ):
        return build.main(arguments)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Say so, and do what Python does."""
    sys.stdout.write("interrupted\n")
    sys.stdout.flush()
    signal.default_int_handler(number, frame)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
