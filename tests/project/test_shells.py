"""The blocks of commands on the pages run in the shells that readers have."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.project.pages import PAGES, shown
from tests.support.cli_lines import blocks
from tests.support.portable_shell import python_findings, shell_findings

BLOCKS = [
    (page, number, "\n".join(lines))
    for page in PAGES
    for number, lines in blocks(page.read_text("utf-8"))
]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_bash_and_zsh_in_every_partition_do_the_same(page: Path) -> None:
    found = [
        f"{shown(page)}:{start + line}: {finding}"
        for where, start, block in BLOCKS
        if where == page
        for line, finding in shell_findings(block)
    ]
    assert found == []


def test_python_is_what_cloudshell_has() -> None:
    found = [
        f"{shown(page)}:{start}: {finding}"
        for page, start, block in BLOCKS
        for finding in python_findings(block)
    ]
    assert found == []


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_shell_can_read_every_block(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here")
    for page, start, block in BLOCKS:
        read = subprocess.run(
            [shell, "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, ""), f"{shown(page)}:{start}"
