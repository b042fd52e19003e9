"""One run of cfn-lint over all fixtures, for the tests that read its report."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.rules.support import HERE, cfn_lint


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[dict[str, Any]]]:
    """Return what the console script says about each fixture, run far from here."""
    files = sorted(path for folder in ("good", "bad", "wild") for path in (HERE / folder).iterdir())
    report: dict[Path, list[dict[str, Any]]] = defaultdict(list)
    for match in cfn_lint(files, tmp_path_factory.mktemp("elsewhere")):
        report[Path(match["Filename"])].append(match)
    return report
