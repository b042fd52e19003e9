"""Templates like those that others publish: each finding is a real fault or risk."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.decode import decode

from tests.rules.support import HERE, matches
from tests.rules.test_fixtures import Report, marks

WILD = sorted((HERE / "wild").iterdir())

# JSON has no comments to mark findings with.
IN_JSON = {"cdk_synthesized.json": [(69, "I9555"), (69, "W9517"), (90, "W9532")]}


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.name)
def test_exactly_these_findings(path: Path, reported: Report) -> None:
    found = [
        (match["Location"]["Start"]["LineNumber"], match["Rule"]["Id"])
        for match in reported[path]
        if match["Rule"]["Id"][1:3] == "95"
    ]
    assert sorted(found) == (IN_JSON[path.name] if path.suffix == ".json" else marks(path))


def test_nothing_is_found_where_a_parent_gives_everything(reported: Report) -> None:
    assert not reported[HERE / "wild" / "nested_everything_given.yaml"]


ODD: list[Any] = [None, "", "x", 0, -1, True, [], {}, [None], [[]], {"Ref": "Nobody"}]
ODD += [{"Fn::If": ["Nobody"]}, {"Fn::Sub": []}, {"Fn::Join": 7}, {"Fn::GetAtt": {}}]
ODD += [{"Fn::FindInMap": ["No", {}, []]}, {"Fn::Transform": {"Name": "AWS::Include"}}]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a template."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, inner in pairs:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.name)
def test_no_rule_stumbles_over_a_malformed_template(path: Path) -> None:
    """Whatever stands where, cfn-lint's own rules say so, and ours raise nothing."""
    template, _ = decode(str(path))
    whole = json.loads(json.dumps(template))
    for number, place in enumerate(places(whole)):
        broken = copy.deepcopy(whole)
        inner = broken
        for key in place[:-1]:
            inner = inner[key]
        # One odd thing at each place, another one at the next: all of them everywhere takes long.
        inner[place[-1]] = ODD[number % len(ODD)]
        list(matches(json.dumps(broken)))
