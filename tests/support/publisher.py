"""The command line as a process that tests can kill; it publishes the files of a directory.

`python -m tests.support.publisher DIRECTORY VERB ...`: DIRECTORY stands for what was generated.
"""

import sys
from pathlib import Path
from unittest import mock

import build
from generator import templates_folder
from tests.local_aws.local_s3 import passes


def main(directory: str, *arguments: str) -> int:
    """Run a verb of the command line."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in Path(directory).iterdir()}
    with (
        mock.patch.object(templates_folder, "generate", return_value=texts),
        mock.patch.object(build, "check", passes),
    ):
        return build.main(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
