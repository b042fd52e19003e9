"""The same source gives the same bytes, wherever and however it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import build
from tests.support.generated import text

ROOT = Path(build.__file__).parent


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONHASHSEED": "0"}, id="seed-0"),
        pytest.param({"PYTHONHASHSEED": "4711"}, id="seed-4711"),
        pytest.param({"PYTHONHASHSEED": "random"}, id="seed-random"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="ascii"),
        pytest.param({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, id="turkish"),
        pytest.param({"TZ": "Pacific/Kiritimati"}, id="time-zone"),
        pytest.param({"AWS_REGION": "cn-north-1", "AWS_DEFAULT_REGION": "cn-north-1"}, id="region"),
        pytest.param({"SOURCE_DATE_EPOCH": "0", "USER": "nobody", "HOME": "/"}, id="user"),
        pytest.param({"PYTHONOPTIMIZE": "2"}, id="optimized"),
        pytest.param({"PYTHONSAFEPATH": "1"}, id="safe-path"),
    ],
)
def test_same_bytes(tmp_path: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "render"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, **environment},
    )
    assert done.stdout == text().encode()


def test_same_bytes_in_isolation(tmp_path: Path) -> None:
    """Slip: in build.py, rely on the folder of the script, which -I leaves out of sys.path."""
    command = [sys.executable, "-I", str(ROOT / "build.py"), "render"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)
    assert done.stdout == text().encode()


def test_generating_twice_in_one_process_gives_the_same_text() -> None:
    from generator.stacks import backup
    from generator.stacks.render import render

    assert render(backup.template()) == render(backup.template()) == text()


def test_the_text_is_ascii_with_unix_line_ends() -> None:
    assert text().isascii()
    assert "\r" not in text()
    assert "\t" not in text()
    assert text().endswith("\n")
    assert not text().endswith("\n\n")
