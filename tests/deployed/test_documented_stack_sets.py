"""The change of a stack set, as docs/copies.md has it, keeps what it does not change."""

import json
import re
from pathlib import Path

from generator.docs.tables import COMPANION_PAGES
from tests.support.cli_lines import blocks
from tests.support.generated import COPIES
from tests.support.parameter_values import CLUSTER
from tests.support.shell import run

BLOCKS = ["\n".join(lines) for _, lines in blocks(COMPANION_PAGES[COPIES].read_text("utf-8"))]


def test_what_is_not_changed_keeps_its_value(endpoint_url: str, tmp_path: Path) -> None:
    [creation] = [block for block in BLOCKS if "SELF_MANAGED" in block]
    [fetch] = [block for block in BLOCKS if "describe-stack-set " in block]
    [update] = [block for block in BLOCKS if "update-stack-set " in block]
    # The local AWS has no second account for a stack.
    run(
        creation.partition("\naws cloudformation create-stack-instances")[0],
        "bash",
        endpoint_url,
        tmp_path,
    )
    run(fetch, "bash", endpoint_url, tmp_path)
    file = tmp_path / "parameters.json"
    parameters = json.loads(file.read_text("utf-8"))
    given = set(re.findall(r"ParameterKey=(\w+)", creation))
    assert {each["ParameterKey"] for each in parameters} == given
    changed = {"ParameterKey": "AllowCopyBack", "ParameterValue": "yes"}
    file.write_text(json.dumps([*parameters, changed]), "utf-8")
    run(update, "bash", endpoint_url, tmp_path)
    run(fetch, "bash", endpoint_url, tmp_path)
    assert json.loads(file.read_text("utf-8")) == [*parameters, changed]
    assert {"ParameterKey": "ClusterId", "ParameterValue": CLUSTER} in parameters
