"""What CloudFormation looks up at deployment is unknown to every rule."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.decode.decode import decode

from tests.rules.support import HERE, NAMES, matches

REFERENCE = "{{resolve:ssm:/backup/value}}"


def values(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each single value, a function being one."""
    if isinstance(node, dict) and not any(key[:4] in ("Ref", "Fn::") for key in node):
        for key in node:
            yield from values(node[key], (*path, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from values(item, (*path, index))
    else:
        yield path


@pytest.mark.parametrize("name", NAMES)
def test_a_dynamic_reference_in_any_property_gives_no_finding(name: str) -> None:
    """What the rules read stands in their good templates."""
    template, _ = decode(str(HERE / "good" / f"{name}.yaml"))
    found = []
    for resource, declared in json.loads(json.dumps(template))["Resources"].items():
        for path in values(declared.get("Properties", {}), (resource, "Properties")):
            changed = json.loads(json.dumps(template))
            inner = changed["Resources"]
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = REFERENCE
            found += [(path, *finding) for finding in matches(json.dumps(changed))]
    assert found == []
