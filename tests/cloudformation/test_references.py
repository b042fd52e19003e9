"""What a part of a template refers to is found wherever it stands."""

from typing import Any

import pytest

from generator.cloudformation.references import conditions_of, references
from tests.cloudformation.examples import DOCUMENT, choose

REFERENCES: dict[str, tuple[Any, set[str]]] = {
    "in every branch": (choose("C", {"Ref": "A"}, {"Ref": "B"}), {"A", "B"}),
    "in the text of Sub": ({"Fn::Sub": "${A}${B.Arn}${!C}"}, {"A", "B"}),
    "in a variable of Sub": ({"Fn::Sub": ["${x}", {"x": {"Ref": "A"}}]}, {"A"}),
    "of an attribute": ([{"Fn::GetAtt": "A.Outputs.B"}, {"Fn::GetAtt": ["C", "Arn"]}], {"A", "C"}),
    "of a computed attribute": ({"Fn::GetAtt": ["A", {"Ref": "B"}]}, {"A", "B"}),
    "of what has too many parts": ({"Fn::GetAtt": ["A", {"Ref": "B"}, "C"]}, {"B"}),
    "of what is no call": ({"Fn::Sub": 3, "Fn::GetAtt": "A"}, set()),
}


@pytest.mark.parametrize(("node", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_references(node: Any, expected: set[str]) -> None:
    assert references(node) == expected


def test_conditions_are_found_through_each_other() -> None:
    names = conditions_of({"Condition": "BothOfThree"}, DOCUMENT["Conditions"])
    assert names == {"BothOfThree", "Both", "Given", "Three", "Four"}
    assert conditions_of([choose("Four"), choose("Nobody")], {}) == {"Four", "Nobody"}
