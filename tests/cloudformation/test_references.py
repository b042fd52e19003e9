"""What a part of a template refers to is found wherever it stands."""

from typing import Any

import pytest

from generator.cloudformation.references import conditions_of, references, uses_at
from tests.cloudformation.examples import DOCUMENT, choose, laughs

REFERENCES: dict[str, tuple[Any, set[str]]] = {
    "in every branch": (choose("C", {"Ref": "A"}, {"Ref": "B"}), {"A", "B"}),
    "in the text of Sub": ({"Fn::Sub": "${A}${B.Arn}${!C}"}, {"A", "B"}),
    "in a variable of Sub": ({"Fn::Sub": ["${x}", {"x": {"Ref": "A"}}]}, {"A"}),
    "in variables of variables": (laughs(20, 9, {"Ref": "A"}), {"A"}),
    "of an attribute": ([{"Fn::GetAtt": "A.Outputs.B"}, {"Fn::GetAtt": ["C", "Arn"]}], {"A", "C"}),
    "of a computed attribute": ({"Fn::GetAtt": ["A", {"Ref": "B"}]}, {"A", "B"}),
    "of what has too many parts": ({"Fn::GetAtt": ["A", {"Ref": "B"}, "C"]}, {"B"}),
    "of what is no call": ({"Fn::Sub": 3, "Fn::GetAtt": "A"}, set()),
}


@pytest.mark.parametrize(("node", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_references(node: Any, expected: set[str]) -> None:
    assert references(node) == expected


USES: dict[str, tuple[Any, list[tuple[str, Any, tuple[str | int, ...]]]]] = {
    "Ref": ([{"Ref": "A"}], [("A", "", (0, "Ref"))]),
    "GetAtt": ({"x": {"Fn::GetAtt": "A.B.C"}}, [("A", "B.C", ("x", "Fn::GetAtt"))]),
    "Sub": (
        {"Fn::Sub": ["${a}${b}${C.D}", {"a": {"Ref": "E"}}]},
        [
            ("b", "", ("Fn::Sub",)),
            ("C", "D", ("Fn::Sub",)),
            ("E", "", ("Fn::Sub", 1, "a", "Ref")),
        ],
    ),
    "computed": ({"Ref": {"Fn::Sub": "${A}"}}, [("A", "", ("Ref", "Fn::Sub"))]),
    "no call": ([{"Fn::Sub": ["${A}", None]}, {"Fn::GetAtt": 3}], []),
}


@pytest.mark.parametrize(("node", "expected"), USES.values(), ids=USES)
def test_where_a_part_refers_to_something(node: Any, expected: Any) -> None:
    assert [*uses_at(node, ())] == expected


def test_conditions_are_found_through_each_other() -> None:
    names = conditions_of({"Condition": "BothOfThree"}, DOCUMENT["Conditions"])
    assert names == {"BothOfThree", "Both", "Given", "Three", "Four"}
    assert conditions_of([choose("Four"), choose("Nobody")], {}) == {"Four", "Nobody"}
