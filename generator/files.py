"""Files that a reader sees whole: the old text or the new one."""

import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> Path:
    """Write a file in a directory that exists, whole or not at all; return its path."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(0o644)  # mkstemp sets 600, and others read the file too
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
