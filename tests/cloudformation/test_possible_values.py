"""A value that the text decides is among those that it can have, and nothing is guessed."""

from typing import Any

import pytest

from generator.cloudformation.possible_values import MAX_TEXTS, UNKNOWN, PossibleValues
from generator.cloudformation.read import Template
from tests.cloudformation import examples
from tests.cloudformation.examples import DOCUMENT, TEMPLATE, choose, laughs

TEXTS = {name: each for name, each in examples.KNOWN.items() if isinstance(each[1], str)}


@pytest.mark.parametrize(("node", "value"), TEXTS.values(), ids=TEXTS)
def test_the_value_is_among_the_possible_ones(node: Any, value: str) -> None:
    texts = PossibleValues(TEMPLATE, {"Name": "soca", "Count": "3"}).texts(node)
    assert value in texts or UNKNOWN in "".join(texts)


# Parameters without allowed values are known to a deployment only.
POSSIBLE: dict[str, tuple[Any, list[str]]] = {
    "a parameter": ({"Ref": "Name"}, [UNKNOWN]),
    "a parameter with allowed values": ({"Ref": "Flag"}, ["true", "false"]),
    "a part": ({"Fn::Sub": "a-${Name}"}, [f"a-{UNKNOWN}"]),
    "both branches": (choose("Four", "b", choose("Given", "c", "d")), ["b", "c", "d"]),
    "every combination": (
        {"Fn::Join": ["-", [{"Ref": "Flag"}, choose("Given", "x", "y")]]},
        ["true-x", "true-y", "false-x", "false-y"],
    ),
    "a row for each value": (
        {"Fn::FindInMap": ["Days", choose("Given", "long", "soca"), "keep"]},
        ["365", "30"],
    ),
    "a parameter in the store": ({"Ref": "Image"}, [UNKNOWN]),
    "a dynamic reference": ("{{resolve:ssm:/x}}", [UNKNOWN]),
    "parts of a dynamic reference": (
        {"Fn::Join": ["", ["{{resolve", {"Fn::Sub": ":ssm:/${Flag}"}, "}}"]]},
        [UNKNOWN, UNKNOWN],
    ),
    "a variable that is used often, in a variable": (laughs(20, 9, ""), [""]),
    "an attribute": ({"Fn::GetAtt": ["Vault", "Arn"]}, [UNKNOWN]),
    "a function that is not evaluated": ({"Fn::Select": [0, ["a"]]}, [UNKNOWN]),
    "a list": (["a"], [UNKNOWN]),
}


@pytest.mark.parametrize(("node", "texts"), POSSIBLE.values(), ids=POSSIBLE)
def test_possible_values(node: Any, texts: list[str]) -> None:
    assert PossibleValues(TEMPLATE).texts(node) == texts


@pytest.mark.parametrize(
    "node", [{"Ref": "P"}, {"Fn::FindInMap": ["M", "a", "b"]}, {"Fn::Sub": "${P}"}]
)
def test_a_dynamic_reference_in_another_section_is_unknown(node: Any) -> None:
    looked_up = "x-{{resolve:secretsmanager:x}}"
    sections = {
        "Parameters": {"P": {"Type": "String", "AllowedValues": [looked_up]}},
        "Mappings": {"M": {"a": {"b": looked_up}}},
    }
    template = Template("dynamic", {**DOCUMENT, **sections})
    assert PossibleValues(template).texts(node) == [UNKNOWN]


def test_more_values_than_anybody_wrote_on_purpose_are_unknown() -> None:
    many = {"Type": "Number", "AllowedValues": list(range(MAX_TEXTS))}
    template = Template("many", {**DOCUMENT, "Parameters": {"N": many}})
    assert len(PossibleValues(template).texts({"Ref": "N"})) == MAX_TEXTS
    assert PossibleValues(template).texts({"Fn::Join": ["", [{"Ref": "N"}] * 60]}) == [UNKNOWN]
