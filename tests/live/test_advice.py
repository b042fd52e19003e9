"""Whoever copies the command of an advice into a shell has mended what it is about."""

from pathlib import Path

import pytest

from generator.live.page import as_text
from tests.live.asking import NOW, asked
from tests.live.faults import FAULTS
from tests.local_aws.cluster import healthy_cluster
from tests.support.shell import run

NAMES = (
    "a value in capital letters",
    "the key of the data is disabled",
    "the key of the vault is to be deleted",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_of_an_advice_mends_the_fault(
    name: str, endpoint_url: str, tmp_path: Path
) -> None:
    with healthy_cluster(endpoint_url, NOW) as cluster:
        FAULTS[name].breaks(cluster)
        inspection = asked(cluster)
        assert inspection.is_well is False
        [command] = [
            line.removeprefix("  Do: ")
            for line in as_text(inspection).splitlines()
            if line.startswith("  Do: aws ")
        ]
        run(command, "bash", endpoint_url, tmp_path)
        assert asked(cluster).is_well
